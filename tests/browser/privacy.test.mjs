// What stays in the browser: as little as the user wants, and nothing when everything is to be forgotten.
import assert from "node:assert/strict";
import { test } from "node:test";

import { prepare } from "./harness.mjs";
import { audited, content, paste, shown_text, visit } from "./page.mjs";

const { site, browser } = prepare();

const panel = (page) => page.locator("#settings");

async function open_settings(page) {
  await page.getByRole("button", { name: "Settings" }).first().click();
  await panel(page).waitFor();
}

/** Everything that this site has in the browser. */
const kept = (page) =>
  page.evaluate(async () => ({
    storage: Object.entries(localStorage).filter(([, value]) => value !== ""),
    tab: Object.keys(sessionStorage),
    copies: await caches.keys(),
    databases: (await indexedDB.databases()).length,
    cookies: document.cookie,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  }));

test("everything is forgotten, after a question, and nothing can be brought back", async () => {
  const page = await visit(browser, site);
  await paste(page, 'secret = "tell-nobody"\n');
  await page.locator('.themes input[value="dark"]').check();
  await open_settings(page);
  await panel(page).getByLabel("Variable of the shared secret").fill("MY_KEY");
  await panel(page).getByRole("button", { name: /Forget everything/ }).click();
  await panel(page).getByRole("button", { name: "Keep it" }).click();
  // The text is kept a moment after the last key.
  await page.waitForFunction(() => JSON.stringify({ ...localStorage }).includes("tell-nobody"));

  const before = site.requests.length;
  await panel(page).getByRole("button", { name: /Forget everything/ }).click();
  await panel(page).getByRole("button", { name: "Forget everything", exact: true }).click();
  await page.locator(".notice", { hasText: "Everything is forgotten" }).waitFor();
  assert.deepEqual(await kept(page), { storage: [], tab: [], copies: [], databases: 0, cookies: "", workers: 0 });
  assert.doesNotMatch(await page.evaluate(() => document.documentElement.innerText), /tell-nobody/);
  await page.getByRole("heading", { name: "No file is open" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Undo" }).count(), 0);
  assert.equal(await panel(page).getByLabel("Variable of the shared secret").inputValue(), "");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), undefined);
  assert.deepEqual(site.requests.slice(before), []);

  // It goes on, and the next visit is a first one.
  await page.keyboard.press("Escape");
  await page.locator(".no-files").getByRole("button", { name: "New file" }).click();
  await content(page).focus();
  await page.keyboard.press("ControlOrMeta+z");
  assert.equal(await shown_text(page), "");
  await page.close();
  const again = await visit(browser, site);
  assert.doesNotMatch(await shown_text(again), /tell-nobody/);
  await again.close();
});

test("a page that has forgotten everything and is left leaves nothing", async () => {
  const page = await visit(browser, site);
  await paste(page, 'secret = "tell-nobody"\n');
  await open_settings(page);
  await panel(page).getByRole("button", { name: /Forget everything/ }).click();
  await panel(page).getByRole("button", { name: "Forget everything", exact: true }).click();
  await page.locator(".notice", { hasText: "Everything is forgotten" }).waitFor();
  await page.goto(`${site.address}version.json`);
  assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
  await page.close();
});

test("whoever wants nothing kept finds the example again, and only the wish is stored", async () => {
  const page = await visit(browser, site);
  await paste(page, 'secret = "tell-nobody"\n');
  await open_settings(page);
  await panel(page).getByLabel(/Keep nothing between visits/).check();
  assert.deepEqual((await kept(page)).storage, []);
  await page.keyboard.press("Escape");
  await paste(page, 'secret = "still-nobody"\n');
  await page.locator('.themes input[value="dark"]').check();
  await page.close();

  const again = await visit(browser, site);
  assert.doesNotMatch(await shown_text(again), /nobody/);
  assert.deepEqual((await kept(again)).storage, []);
  await open_settings(again);
  assert.ok(await panel(again).getByLabel(/Keep nothing between visits/).isChecked());
  // And back: from here on it stays again.
  await panel(again).getByLabel(/Keep nothing between visits/).uncheck();
  await again.keyboard.press("Escape");
  await paste(again, "kept = 1\n");
  await again.close();
  const last = await visit(browser, site);
  assert.equal(await shown_text(last), "kept = 1\n");
  await last.close();
});

test("whoever wants no copy has none, also on the next visit", async () => {
  const page = await visit(browser, site);
  await open_settings(page);
  await panel(page).getByLabel(/Keep the page for use without a network/).uncheck();
  await page.waitForFunction(async () => (await caches.keys()).length === 0 && !(await navigator.serviceWorker.getRegistration()));
  await page.close();
  const again = await visit(browser, site);
  const { copies, workers } = await kept(again);
  assert.deepEqual({ copies, workers }, { copies: [], workers: 0 });
  await again.close();
});

test("where storage is forbidden everything works, and the page says nothing of it", async () => {
  const page = await browser.context.newPage();
  await page.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage", "caches"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("forbidden", "SecurityError");
        },
      });
    }
  });
  await page.goto(site.address);
  await audited(page);
  await paste(page, "x = 1\n");
  await open_settings(page);
  await panel(page).getByLabel("Density").selectOption("compact");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.density), "compact");
  await panel(page).getByRole("button", { name: /Forget everything/ }).click();
  await panel(page).getByRole("button", { name: "Forget everything", exact: true }).click();
  await page.locator(".notice", { hasText: "Everything is forgotten" }).waitFor();
  await page.close();
});
