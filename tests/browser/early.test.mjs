// The page can be typed into before its WebAssembly arrives, and what was typed goes on in the editor.
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { prepare } from "./harness.mjs";
import { assert_finding, audited, content, findings, open_files, paste, shown_text, visit } from "./page.mjs";

const { site, browser } = prepare();
let let_through;

beforeEach(() => {
  const held = new Promise((resolve) => (let_through = resolve));
  site.hold = async (address) => {
    if (/\/web-[^/]*\.wasm$/.test(address)) await held;
  };
});

afterEach(() => let_through());

async function early_visit() {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(site.address, { waitUntil: "commit" });
  await page.locator("#early").waitFor();
  return page;
}

const CODE = 'import jwt\n\ndef f(t, k):\n    return jwt.decode(t, k, algorithms=["none"])\n';

test("no key is lost while the application takes over", async () => {
  const page = await early_visit();
  await page.locator("#early").click();
  await page.keyboard.insertText(CODE);
  const digits = "0123456789".repeat(12);
  const typing = page.keyboard.type(`# ${digits}`, { delay: 4 });
  await page.waitForFunction(() => document.getElementById("early")?.value.includes("01234"));
  let_through();
  await typing;
  await content(page).waitFor();
  await audited(page);
  assert.equal(await shown_text(page), `${CODE}# ${digits}`);
  assert_finding(await findings(page), "jwt-none-algorithm", 4);
  assert.deepEqual((await open_files(page)).names.length, 1, "the example made room");
  await page.close();
});

test("the caret stays where it was", async () => {
  const page = await early_visit();
  await page.locator("#early").fill("ab\ncd");
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.press("ArrowRight");
  let_through();
  await content(page).waitFor();
  await page.keyboard.type("X");
  assert.equal(await shown_text(page), "aXb\ncd");
  await page.close();
});

test("files of an earlier visit stay beside what is typed early", async () => {
  let_through();
  const before = await visit(browser, site);
  await paste(before, "earlier = 1\n");
  const [name] = (await open_files(before)).names;
  await before.close();

  // The browser has the module at hand by now: the field is there for a moment only.
  await browser.context.addInitScript(() => {
    addEventListener("DOMContentLoaded", () => {
      const area = document.getElementById("early");
      if (area) area.value = "new = 2\n";
    });
    new MutationObserver((_, observer) => {
      const area = document.getElementById("early");
      if (!area) return;
      area.value = "new = 2\n";
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
  });
  const page = await visit(browser, site);
  const { names } = await open_files(page);
  assert.equal(names.length, 2);
  assert.ok(names.includes(name));
  assert.equal(await shown_text(page), "new = 2\n");
  await page.getByRole("button", { name, exact: true }).click();
  assert.equal(await shown_text(page), "earlier = 1\n");
  await page.close();
});

test("when the application cannot start, what was typed is still there to be copied", async () => {
  let fail;
  const typed = new Promise((_, reject) => (fail = () => reject(new Error("no such file"))));
  site.hold = async (address) => {
    if (/\/web-[^/]*\.wasm$/.test(address)) await typed;
  };
  const page = await early_visit();
  await page.locator("#early").fill(CODE);
  fail();
  await page.locator("#failure").waitFor();
  assert.equal(await page.locator("#early").inputValue(), CODE);
  assert.ok(await page.locator("#early").isVisible());
  await page.close();
});
