// The settings: they change what the audit says at once, come back, and go to a project and come from there.
import assert from "node:assert/strict";
import { test } from "node:test";

import { violations } from "./axe.mjs";
import { prepare } from "./harness.mjs";
import { audited, findings, paste, visit } from "./page.mjs";

const { site, browser } = prepare();

const CODE = `import jwt


def read(token, key):
    return jwt.decode(token, key, algorithms=["none"])
`;

const panel = (page) => page.locator("#settings");
const toml = (page) => panel(page).getByRole("textbox", { name: "pyproject.toml" });

async function open_settings(page) {
  await page.getByRole("button", { name: "Settings" }).first().click();
  await panel(page).waitFor();
}

const rules = async (page) => (await findings(page)).map(({ rule }) => rule);

test("a rule is found by a word, read about, turned off and on again", async () => {
  const page = await visit(browser, site);
  await paste(page, CODE);
  assert.ok((await rules(page)).includes("jwt-none-algorithm"));

  await open_settings(page);
  const rows = panel(page).locator(".rules > li");
  const all = await rows.count();
  assert.ok(all > 50, `${all} rules`);
  await panel(page).getByRole("searchbox", { name: "Search rules" }).fill("none algorithm");
  const row = panel(page).locator('[data-rule="jwt-none-algorithm"]');
  await row.waitFor();
  assert.ok((await rows.count()) < all);
  await row.getByRole("button", { name: /Documentation/ }).click();
  await row.locator(".documentation p").first().waitFor();

  await row.getByRole("combobox").selectOption("off");
  await audited(page);
  assert.ok(!(await rules(page)).includes("jwt-none-algorithm"));
  await row.getByRole("combobox").selectOption("suggestion");
  await audited(page);
  assert.ok(await page.locator('.finding[data-rule="jwt-none-algorithm"] .shape.suggestion').count());
  assert.match(await toml(page).inputValue(), /\[tool\.claimcheck\.rules\]\njwt-none-algorithm = "suggestion"\n$/);

  // They come back with the next visit.
  await page.close();
  const again = await visit(browser, site);
  assert.ok(await again.locator('.finding[data-rule="jwt-none-algorithm"] .shape.suggestion').count());
  await open_settings(again);
  await panel(again).getByRole("button", { name: "All as they come" }).click();
  await audited(again);
  assert.ok(!(await again.locator('.finding[data-rule="jwt-none-algorithm"] .shape.suggestion').count()));
  await again.close();
});

test("settings are taken from a pyproject.toml, and mistakes in it are named as the command line names them", async () => {
  const page = await visit(browser, site);
  await paste(page, CODE);
  await open_settings(page);
  const take = panel(page).getByRole("button", { name: "Take over" });
  assert.ok(await take.isDisabled());

  await toml(page).fill('[project]\nname = "x"\n\n[tool.claimcheck]\nsecret-nam = "KEY"\n');
  await take.click();
  await panel(page)
    .getByRole("alert")
    .filter({ hasText: /Line 5, column 1: unknown setting secret-nam; did you mean secret-name\?/ })
    .waitFor();
  assert.match(await toml(page).inputValue(), /secret-nam = "KEY"/, "what was pasted is still there to be mended");

  await toml(page).fill('[project]\nname = "x"\n');
  await take.click();
  await panel(page).getByRole("alert").filter({ hasText: "no [tool.claimcheck]" }).waitFor();

  await toml(page).fill(
    '[tool.claimcheck]\nsecret_name = "AUTH_KEY"\nowner-fields = ["keeper_ref", "tenant"]\nexclude = ["legacy"]\n\n[tool.claimcheck.rules]\njwt-none-algorithm = "off"\n',
  );
  await take.click();
  await panel(page).getByText("Taken over.").waitFor();
  await audited(page);
  assert.ok(!(await rules(page)).includes("jwt-none-algorithm"));
  assert.equal(await panel(page).getByLabel("Variable of the shared secret").inputValue(), "AUTH_KEY");
  assert.equal(await panel(page).getByLabel("Columns and claims that name an owner").inputValue(), "keeper_ref\ntenant");
  assert.equal(await panel(page).getByLabel("Paths left out").inputValue(), "legacy");

  const chooser = page.waitForEvent("filechooser");
  await panel(page).getByRole("button", { name: "Open pyproject.toml" }).click();
  await (await chooser).setFiles({ name: "claimcheck.toml", mimeType: "text/plain", buffer: Buffer.from('secret-name = "OTHER"\n') });
  await page.waitForFunction(() => document.querySelector("#settings input").value === "OTHER");
  await audited(page);
  assert.ok((await rules(page)).includes("jwt-none-algorithm"), "the file has no rules: they are as they come");
  await page.close();
});

test("size of text and density are chosen, and there before anything is drawn", async () => {
  const page = await visit(browser, site);
  await open_settings(page);
  const size = () => page.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize));
  const before = await size();
  await panel(page).getByLabel("Size of text").selectOption("large");
  assert.ok((await size()) > before);
  await panel(page).getByLabel("Density").selectOption("compact");
  await page.close();
  const again = await browser.context.newPage();
  await again.goto(site.address, { waitUntil: "commit" });
  await again.waitForFunction(() => document.documentElement.dataset.density === "compact");
  assert.ok((await again.evaluate(() => parseFloat(getComputedStyle(document.documentElement).fontSize))) > before);
  await again.close();
});

for (const theme of ["light", "dark"]) {
  for (const width of [1280, 320]) {
    test(`the panel has no accessibility problem: ${theme}, ${width} px`, async () => {
      const page = await visit(browser, site);
      await page.setViewportSize({ width, height: 800 });
      await page.locator(`.themes input[value="${theme}"]`).check();
      await open_settings(page);
      await panel(page).getByRole("button", { name: /Forget everything/ }).click();
      await panel(page).locator('[data-rule="sql-injection"] .icon-button').click();
      await panel(page).locator(".documentation p").first().waitFor();
      assert.deepEqual(await violations(page), []);
      const overflow = await panel(page).evaluate((element) => element.scrollWidth - element.clientWidth);
      assert.ok(overflow <= 0, `${overflow} px wider than the panel`);
      await page.close();
    });
  }
}
