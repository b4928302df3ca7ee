// Fixes: hunk by hunk, all together as the command line makes them, and back.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { violations } from "./axe.mjs";
import { complaints, prepare } from "./harness.mjs";
import { audited, choose_example, content, findings, open_files, paste, row, shown_text, visit } from "./page.mjs";

const run = promisify(execFile);
const cli = process.env.CLAIMCHECK_BIN;

/** A fix with an import at the top and its use far below: two hunks. */
const TWO_HUNKS = `import jwt

# One
# Two
# Three
# Four
# Five
# Six
# Seven
# Eight
SECRET = "a-secret-that-stands-in-the-code-of-this-file"


def read(token):
    return jwt.decode(token, SECRET, algorithms=["HS256"])
`;

const { site, browser } = prepare({ reducedMotion: "reduce" });
let folder;

before(async () => {
  assert.ok(cli, "CLAIMCHECK_BIN is not set; run this suite with cargo xtask test");
  folder = await mkdtemp(path.join(tmpdir(), "claimcheck-fixes-"));
});

after(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

const dialog = (page) => page.getByRole("dialog", { name: "Review the fixes" });
const open_review = (page) => page.getByRole("button", { name: "Fix all", exact: true }).click();

/** Applies what is accepted, round after round, until the summary. */
async function apply_all(page) {
  const summary = dialog(page).locator(".review-summary");
  const apply = dialog(page).getByRole("button", { name: /^Apply \d/ });
  for (let round = 0; round < 10 && !(await summary.isVisible()); round += 1) {
    await apply.click();
    await summary.or(dialog(page).locator('.dialog-actions .primary:enabled')).first().waitFor();
  }
  await summary.waitFor();
}

/** The texts of all open files, by name. */
async function texts(page) {
  const { names } = await open_files(page);
  const found = {};
  for (const name of names) {
    if (names.length > 1) await page.locator(".file-name", { hasText: name }).click();
    found[name] = await shown_text(page);
  }
  return found;
}

test("all accepted fixes together are what the command line makes, and can be taken back", async () => {
  const page = await visit(browser, site);
  const found_complaints = complaints(page);
  const requests = site.requests.length;
  for (const example of ["todo", "jose", "two-files", "cors-sql"]) {
    await choose_example(page, example);
    const before = await texts(page);
    const place = path.join(folder, example);
    for (const [name, text] of Object.entries(before)) {
      await mkdir(path.dirname(path.join(place, name)), { recursive: true });
      await writeFile(path.join(place, name), text);
    }
    await run(cli, ["fix", "--write", place]);

    await open_review(page);
    await apply_all(page);
    await page.keyboard.press("Escape");
    await audited(page);
    const after = await texts(page);
    for (const [name, text] of Object.entries(after)) {
      assert.equal(text, await readFile(path.join(place, name), "utf8"), `${example}: ${name}`);
    }
    assert.notDeepEqual(after, before);

    await open_review(page);
    await page.keyboard.press("Escape");
  }
  assert.deepEqual(site.requests.slice(requests), []);
  assert.deepEqual(found_complaints, []);
  await page.close();
});

test("the summary says what was done and what remains; one click takes all rounds back", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const before = await shown_text(page);
  await open_review(page);
  const rejected = dialog(page).locator('.review-fix[data-rule="sql-injection"]');
  await rejected.getByRole("button", { name: /^Reject/ }).click();
  await rejected.getByText("Rejected").waitFor();
  await apply_all(page);
  const remaining = dialog(page).locator('.remaining [data-rule="sql-injection"]');
  assert.match(await remaining.textContent(), /the edit was rejected/);
  assert.match(await dialog(page).locator('.remaining [data-rule="cors-wildcard-with-credentials"]').textContent(), /needs a value from you/);
  assert.match(await dialog(page).locator(".review-summary").textContent(), /\d+ fixes applied in 1 file\. 2 findings remain/);
  assert.notEqual(await page.evaluate(() => document.activeElement), null);
  await dialog(page).getByRole("button", { name: "Undo all" }).click();
  await dialog(page).waitFor({ state: "detached" });
  await audited(page);
  assert.equal(await shown_text(page), before);
  await page.close();
});

test("a hunk is rejected in the panel, stays so while its text does, and can be taken back", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  await paste(page, TWO_HUNKS);
  await row(page, "jwt-hardcoded-secret").click();
  const hunks = page.locator(".detail .hunk");
  await hunks.nth(1).waitFor();
  await hunks.first().getByRole("button", { name: /^Reject/ }).click();
  await page.getByText("In part: the finding may remain.").waitFor();
  await hunks.nth(1).getByRole("button", { name: /^Reject/ }).click();
  assert.ok(await page.getByRole("button", { name: "Apply fix" }).isDisabled());

  // Another place of the text changes: nothing is forgotten.
  await content(page).focus();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type("\n# The end");
  await audited(page);
  await page.locator(".detail .rejected-hunk").nth(1).waitFor();

  // Taken back: the fix is made as far as it is accepted.
  await hunks.nth(1).getByRole("button", { name: /^Accept/ }).click();
  await page.getByRole("button", { name: "Apply fix" }).click();
  await row(page, "jwt-hardcoded-secret").waitFor({ state: "detached" });
  const text = await shown_text(page);
  assert.match(text, /SECRET = os\.environ\["BETTER_AUTH_SECRET"\]/);
  assert.doesNotMatch(text, /import os/);

  // Undone, what was rejected comes as it was made: by nobody yet.
  await page.getByRole("button", { name: "Undo" }).click();
  await row(page, "jwt-hardcoded-secret").click();
  await hunks.nth(1).waitFor();
  assert.equal(await page.locator(".detail .rejected-hunk").count(), 0);
  await page.close();
});

test("a fix that needs a value selects the place for it", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  await row(page, "cors-wildcard-with-credentials").click();
  await page.locator(".detail .applicability", { hasText: "Needs a value from you" }).waitFor();
  await page.getByRole("button", { name: "Apply fix" }).click();
  await page.locator(".notice", { hasText: "Type your value" }).waitFor();
  await page.keyboard.type("https://tasks.example.org");
  await audited(page);
  assert.match(await shown_text(page), /allow_origins=\["https:\/\/tasks\.example\.org"\]/);
  assert.ok(!(await findings(page)).some(({ rule }) => rule === "cors-wildcard-with-credentials"));
  await page.close();
});

test("side by side where there is room, by keyboard alone, and axe finds nothing", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  for (const theme of ["light", "dark"]) {
    await page.locator(`.themes input[value="${theme}"]`).check();
    for (const viewport of [{ width: 1280, height: 800 }, { width: 320, height: 640 }]) {
      await page.setViewportSize(viewport);
      await page.getByRole("button", { name: "Fix all", exact: true }).focus();
      await page.keyboard.press("Enter");
      await dialog(page).locator(".hunk").first().waitFor();
      const is_wide = viewport.width > 1200;
      assert.equal(await dialog(page).getByRole("button", { name: "Side by side" }).isVisible(), is_wide);
      assert.equal((await dialog(page).locator(".side-by-side").count()) > 0, is_wide);
      assert.deepEqual(await violations(page, "dialog"), []);
      const box = await dialog(page).boundingBox();
      assert.ok(box.x >= 0 && box.x + box.width <= viewport.width && box.height <= viewport.height, JSON.stringify(box));
      await page.keyboard.press("Escape");
      await dialog(page).waitFor({ state: "detached" });
      assert.equal(await page.evaluate(() => document.activeElement.title), "Fix all");
    }
  }
  await page.close();
});
