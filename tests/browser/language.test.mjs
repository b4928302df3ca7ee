// The page in its second language: chosen by the browser or by hand, whole, and told to screen readers.
import assert from "node:assert/strict";
import { test } from "node:test";

import { violations } from "./axe.mjs";
import { prepare } from "./harness.mjs";
import { audited, content, findings, shown_text, visit } from "./page.mjs";

const { site, browser } = prepare();

/** The user reads this language. */
async function reads(locale) {
  browser.context = await browser.context_with({ locale });
}

const panel = (page) => page.locator("#settings");

test("a browser that speaks German gets German", async () => {
  await reads("de-AT");
  const page = await visit(browser, site);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  await page.getByRole("heading", { name: "Befunde" }).waitFor();
  await page.getByRole("button", { name: "Versiegelt" }).waitFor();
  assert.match(await content(page).getAttribute("aria-label"), /^Python-Code von main\.py$/);
  assert.ok((await findings(page)).length > 0);
  // Longer words, and yet one row.
  await page.setViewportSize({ width: 1280, height: 800 });
  const height = await page.locator(".header").evaluate((header) => header.offsetHeight);
  assert.ok(height < 60, `${height} px`);
  await page.close();
});

test("the field before the application speaks German, too", async () => {
  await reads("de-DE");
  let let_through;
  const held = new Promise((resolve) => (let_through = resolve));
  site.hold = async (address) => {
    if (/\/web-[^/]*\.wasm$/.test(address)) await held;
  };
  try {
    const page = await browser.context.newPage();
    await page.goto(site.address, { waitUntil: "commit" });
    await page.getByRole("textbox", { name: "Python-Code" }).waitFor();
    assert.match(await page.locator("#early").getAttribute("placeholder"), /^Code eines FastAPI-Dienstes/);
    let_through();
    await audited(page);
    await page.close();
  } finally {
    let_through();
    site.hold = async () => {};
  }
});

test("the language is changed by hand, at once, without losing the text, and stays", async () => {
  await reads("en-US");
  const page = await visit(browser, site);
  await content(page).focus();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.type("# mine");
  await page.keyboard.press("Enter");
  await audited(page);
  const text = await shown_text(page);
  await page.getByRole("button", { name: "Settings" }).first().click();
  await panel(page).getByLabel("Language").selectOption("de");
  await page.getByRole("heading", { name: "Befunde" }).waitFor();
  await panel(page).getByRole("heading", { name: "Einstellungen" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
  await page.keyboard.press("Escape");
  assert.equal(await shown_text(page), text);
  await page.close();

  const again = await visit(browser, site);
  assert.equal(await again.evaluate(() => document.documentElement.lang), "de");
  await again.getByRole("button", { name: "Einstellungen" }).first().click();
  await panel(again).getByLabel("Sprache").selectOption("system");
  await again.getByRole("heading", { name: "Findings" }).waitFor();
  await again.close();
});

test("what the audit says stays English, and is marked as such", async () => {
  await reads("de-DE");
  const page = await visit(browser, site);
  const unmarked = await page.locator(".finding[data-rule]").evaluateAll((rows) =>
    rows.filter((row) => !row.querySelector('[lang="en"]')).map(({ dataset }) => dataset.rule),
  );
  assert.deepEqual(unmarked, []);
  await page.locator(".finding[data-rule]").first().click();
  await page.locator(".documentation p").first().waitFor();
  assert.equal(await page.locator(".detail .documentation").first().evaluate((element) => element.closest("[lang]").lang), "en");
  assert.deepEqual(await violations(page), []);
  await page.close();
});
