// Everything by key: from paste to the repaired file, the help, the panels, the filter, a comment that ignores.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { prepare } from "./harness.mjs";
import { audited, choose_example, content, findings, paste, routes_read, row, shown_text, visit } from "./page.mjs";

const SERVICE = `import jwt
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

app = FastAPI()
bearer = HTTPBearer()


def caller(credentials=Depends(bearer)):
    return jwt.decode(credentials.credentials, load_key(), algorithms=["HS256"], options={"verify_signature": False})


@app.get("/me")
def me(user=Depends(caller)):
    return {"id": user["sub"]}
`;

const { site, browser } = prepare({ reducedMotion: "reduce" });

/** What has the focus: its own words, or the class of the panel. */
const focused = (page) =>
  page.evaluate(() => {
    const { activeElement } = document;
    return activeElement.getAttribute("aria-label") || activeElement.className || activeElement.textContent.trim() || activeElement.tagName;
  });

async function tab_to(page, matches, limit = 120) {
  for (let step = 0; step < limit; step += 1) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(matches)) return;
  }
  assert.fail(`no focus: ${matches}`);
}

const lost = (page) => page.evaluate(() => document.activeElement === document.body);

test("from paste to the patch without a pointer", async () => {
  const page = await visit(browser, site);
  const asked = site.requests.length;
  await page.keyboard.press("n");
  await page.waitForFunction(() => document.activeElement.classList.contains("editor"));
  await paste(page, SERVICE);
  // By Tab out of the editor, by key to the first finding, by key to its fix.
  await tab_to(page, () => document.activeElement.matches(".finding[data-rule]"));
  await page.keyboard.press("Enter");
  await page.locator(".detail dl").waitFor();
  while (!/does not verify the signature/.test(await page.locator(".detail article > h2").textContent())) await page.keyboard.press("j");
  await page.keyboard.press("a");
  await page.waitForFunction(() => !document.querySelector('.finding[data-rule="jwt-signature-not-verified"][data-file="main-2.py"]'));
  await audited(page);
  assert.ok(!(await lost(page)));
  assert.ok(!(await shown_text(page)).includes("verify_signature"));
  // The patch: the form by arrow, the button by Tab.
  await page.keyboard.press("F6");
  await page.keyboard.press("s");
  await page.getByRole("dialog", { name: "Export" }).waitFor();
  await tab_to(page, () => document.activeElement.matches("dialog input[type=radio]"));
  const patch = page.getByRole("dialog").getByRole("radio", { name: "Patch" });
  for (let step = 0; step < 8 && !(await patch.isChecked()); step += 1) await page.keyboard.press("ArrowDown");
  assert.ok(await patch.isChecked());
  await tab_to(page, () => document.activeElement.textContent.includes("Download"));
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  const text = await readFile(await download.path(), "utf8");
  assert.match(text, /^--- a\/main-2\.py$/m);
  assert.match(text, /^-.*verify_signature.*$/m);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  // And back.
  await page.keyboard.press("F6");
  await page.keyboard.press("u");
  await row(page, "jwt-signature-not-verified").waitFor();
  assert.ok((await shown_text(page)).includes("verify_signature"));
  assert.equal(site.requests.length, asked);
  await page.close();
});

test("the help lists every key, and gives the focus back", async () => {
  const page = await visit(browser, site);
  await page.locator(".finding[data-rule]").first().focus();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys and help" });
  await help.waitFor();
  const keys = await help.locator("kbd").allTextContents();
  for (const key of ["F8", "Shift+F8", "F6", "F9", "?", "/", "i"]) assert.ok(keys.includes(key), key);
  // Nothing behind it acts.
  const before = await page.locator(".detail .panel-head .quiet").textContent();
  await page.keyboard.press("j");
  assert.equal(await page.locator(".detail .panel-head .quiet").textContent(), before);
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  assert.ok(await page.evaluate(() => document.activeElement.matches(".finding")));

  // In the editor it is a character.
  await paste(page, "x = 1  # why");
  await content(page).focus();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("?");
  assert.equal(await shown_text(page), "x = 1  # why?");
  assert.ok(await help.isHidden());
  await page.getByRole("button", { name: "Keys and help" }).click();
  await help.waitFor();
  await page.close();
});

test("single characters can be turned off, and stay off", async () => {
  const page = await visit(browser, site);
  await page.getByRole("button", { name: "Keys and help" }).click();
  await page.getByLabel("Single characters are keys").uncheck();
  await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await page.locator(".finding[data-rule]").first().focus();
  await page.keyboard.press("r");
  assert.ok(await page.locator(".route-map").isHidden());
  await page.reload();
  await audited(page);
  await page.locator(".finding[data-rule]").first().focus();
  await page.keyboard.press("r");
  assert.ok(await page.locator(".route-map").isHidden());
  // Keys that nobody types go on.
  await page.keyboard.press("F9");
  await page.locator(".route-map").waitFor();
  await page.evaluate(() => localStorage.clear());
  await page.close();
});

test("the focus goes round the panels", async () => {
  const page = await visit(browser, site);
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.getByRole("button", { name: "Dismiss" }).click({ timeout: 1000 }).catch(() => {});
  const seen = [];
  for (let step = 0; step < 5; step += 1) {
    await page.keyboard.press("F6");
    seen.push(await focused(page));
  }
  assert.deepEqual(seen, ["editor", "findings", "Finding", "Screens", "editor"]);
  await page.keyboard.press("Shift+F6");
  assert.equal(await focused(page), "Screens");
  await page.keyboard.press("F9");
  await routes_read(page);
  assert.equal(await focused(page), "route-map");
  await page.keyboard.press("Shift+F6");
  assert.equal(await focused(page), "Screens");
  await page.close();
});

test("links skip to the findings and to the routes", async () => {
  const page = await visit(browser, site);
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "button skip-link");
  await page.keyboard.press("Enter");
  assert.equal(await focused(page), "findings");
  await page.locator(".skip-link").nth(1).focus();
  await page.keyboard.press("Enter");
  await routes_read(page);
  assert.equal(await focused(page), "route-map");
  await page.close();
});

test("findings are filtered, and it is said how many are hidden", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const all = await findings(page);
  await page.keyboard.press("/");
  assert.equal(await focused(page), "Words in message, rule or path");
  await page.keyboard.type("cors");
  await page.locator('.hidden-findings[role="status"]', { hasText: `1 shown, ${all.length - 1} hidden` }).first().waitFor();
  assert.deepEqual((await findings(page)).map(({ rule }) => rule), ["cors-wildcard-with-credentials"]);
  // Next and previous stay within what is listed.
  await page.keyboard.press("F8");
  await page.locator(".detail dl code", { hasText: "cors-wildcard-with-credentials" }).waitFor();
  await page.keyboard.press("F8");
  assert.equal(await page.locator(".detail .panel-head .quiet").textContent(), "1 of 1");
  await page.getByRole("button", { name: "Clear filter" }).click();
  assert.deepEqual(await findings(page), all);

  const choice = (label) => page.locator(".filter-choice", { has: page.getByText(label, { exact: true }) }).locator("select");
  const only = async (label, option, of) => {
    await choice(label).selectOption({ label: option });
    const shown = await findings(page);
    assert.ok(shown.length > 0 && shown.length < all.length, label);
    assert.ok(shown.every(of), `${label}: ${JSON.stringify(shown)}`);
    await page.getByRole("button", { name: "Clear filter" }).click();
  };
  await only("Rule", "sql-injection (1)", ({ rule }) => rule === "sql-injection");
  const phases = await choice("Phase").locator("option:not([disabled])").allTextContents();
  await only("Phase", phases[1], () => true);
  const confidences = await choice("Confidence").locator("option:not([disabled])").allTextContents();
  await only("Confidence", confidences[1], () => true);
  const warnings = page.locator('.counts [data-severity="warning"] button');
  await warnings.click();
  assert.equal(await warnings.getAttribute("aria-pressed"), "true");
  assert.deepEqual(await page.locator(".severity > h3").first().textContent(), "Warnings3");
  await warnings.click();
  assert.deepEqual(await findings(page), all);
  await page.close();
});

test("a finding is ignored with a reason, and comes back", async () => {
  const page = await visit(browser, site);
  await paste(page, SERVICE);
  await row(page, "jwt-signature-not-verified").click();
  await page.locator(".detail").focus();
  await page.keyboard.press("i");
  assert.equal(await page.evaluate(() => document.activeElement.closest("label")?.textContent), "Why is this right as it is?");
  // Without a reason there is no comment.
  await page.keyboard.press("Enter");
  assert.equal(await shown_text(page), SERVICE);
  await page.locator(".ignore input").focus();
  await page.keyboard.type("the gateway # has verified it");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.querySelector('.finding[data-rule="jwt-signature-not-verified"]'));
  await audited(page);
  assert.ok(!(await lost(page)));
  assert.equal(
    await shown_text(page),
    SERVICE.replace("    return jwt", "    # claimcheck: ignore[jwt-signature-not-verified] the gateway has verified it\n    return jwt"),
  );
  await page.getByText("1 finding is ignored by a comment").click();
  await page.locator(".ignored li", { hasText: "the gateway has verified it" }).getByRole("button").click();
  await page.locator(".cm-activeLine", { hasText: "# claimcheck" }).waitFor();
  await page.locator(".notice").getByRole("button", { name: "Undo" }).click();
  await row(page, "jwt-signature-not-verified").waitFor();
  assert.equal(await shown_text(page), SERVICE);

  // Escape asks no more.
  await row(page, "jwt-signature-not-verified").click();
  await page.getByRole("button", { name: "Ignore…" }).click();
  await page.keyboard.press("Escape");
  await page.locator(".ignore").waitFor({ state: "hidden" });
  assert.ok(!(await lost(page)));
  await page.close();
});

test("at twice the size everything is there, on one column", async () => {
  const context = await browser.context_with({ viewport: { width: 320, height: 480 }, deviceScaleFactor: 2 });
  const page = await visit({ context }, site);
  const wider = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await choose_example(page, "todo");
  assert.equal(await wider(), 0);
  await row(page, "sql-injection").click();
  await page.getByRole("button", { name: "Ignore…" }).click();
  assert.equal(await wider(), 0);
  await page.keyboard.press("Escape");
  await page.keyboard.press("F9");
  await routes_read(page);
  assert.equal(await wider(), 0);
  await page.getByRole("button", { name: "Picture" }).click();
  assert.equal(await wider(), 0);
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  assert.equal(await wider(), 0);
  await page.close();
});

test("where the system chooses the colours, what is chosen can still be told", async () => {
  const page = await visit(browser, site);
  await page.emulateMedia({ forcedColors: "active" });
  await page.locator(".finding[data-rule]").first().click();
  const outline = (selector) => page.locator(selector).first().evaluate((element) => getComputedStyle(element).outlineStyle);
  assert.equal(await outline(".finding.selected"), "solid");
  assert.equal(await outline(".screens [aria-current]"), "solid");
  await page.close();
});
