// Texts that nobody writes, and an auditor that dies.
import assert from "node:assert/strict";
import { test } from "node:test";

import { prepare } from "./harness.mjs";
import { assert_finding, audited, choose_example, content, drop, findings, paste, row, shown_text, visit } from "./page.mjs";

const { site, browser } = prepare();

const BAD_LINE = 'import jwt\njwt.decode(t, k, algorithms=["HS256"], options={"verify_signature": False})\n';

/** The page still does its work. */
async function assert_usable(page) {
  await paste(page, `${BAD_LINE}# still here\n`);
  assert_finding(await findings(page), "jwt-signature-not-verified", 2);
  assert.equal(await page.locator(".trouble").count(), 0);
}

const TEXTS = {
  "100,000 nested parentheses": () => `${BAD_LINE}x = ${"(".repeat(100_000)}${")".repeat(100_000)}\n`,
  "100,000 parentheses that never close": () => `${BAD_LINE}x = ${"(".repeat(100_000)}`,
  "a line of 5 MB": () => `${BAD_LINE}x = "${"a".repeat(5_000_000)}"\n`,
  "NUL bytes": () => `${BAD_LINE}x = "\0\0"\n\0\0\0\n`,
  "10,000 functions": () => BAD_LINE + Array.from({ length: 10_000 }, (_, n) => `def f${n}(a):\n    return a + ${n}\n`).join("\n"),
  "lone surrogates": () => `${BAD_LINE}x = "\ud800"; y = "\udc00"; 名 = "\ud83d"\n`,
};

for (const [name, text] of Object.entries(TEXTS)) {
  test(`${name}: audited, and the page stays usable`, async () => {
    const page = await visit(browser, site);
    const crashed = [];
    page.on("crash", () => crashed.push("the page"));
    page.on("pageerror", (error) => crashed.push(String(error)));
    await paste(page, text());
    assert_finding(await findings(page), "jwt-signature-not-verified", 2);
    await assert_usable(page);
    assert.deepEqual(crashed, []);
    await page.close();
  });
}

test("3,000 findings are found, and not all drawn", async () => {
  const page = await visit(browser, site);
  const functions = Array.from({ length: 3_000 }, (_, n) => `def f${n}(t):\n    return jwt.decode(t, "s${n}", algorithms=["HS256"])\n`);
  await drop(page, { "many.py": `import jwt\n\n${functions.join("\n")}` });
  const count = Number(await page.locator('.counts [data-severity="critical"] span[aria-hidden]').textContent());
  assert.ok(count >= 3_000, `${count} critical`);
  assert.ok((await findings(page)).length < 1_000);
  await page.getByRole("button", { name: /^Show [\d,]+ more$/ }).first().waitFor();
  await assert_usable(page);
  await page.close();
});

test("an audit that takes too long can be stopped", async () => {
  const page = await visit(browser, site);
  const [worker] = page.workers();
  const next = page.waitForEvent("worker");
  // Nothing else stops an endless loop: the worker is busy with it for good.
  worker.evaluate(() => {
    for (;;);
  }).catch(() => {});
  await content(page).focus();
  await page.keyboard.type("#");
  await page.getByRole("button", { name: "Stop" }).click();
  await next;
  await page.getByText("The audit was stopped.").waitFor();
  await page.getByRole("button", { name: "Audit again" }).click();
  await audited(page);
  await assert_usable(page);
  await page.close();
});

test("names of files are text, whatever they hold", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const names = ["<img src=x onerror=alert(1)>.py", "</script><script>alert(1)</script>.py", "\u202eyp.exe.py", '"; drop.py'];
  await drop(page, Object.fromEntries(names.map((name) => [name, BAD_LINE])));
  assert.equal(await page.locator("main img").count(), 0);
  assert.equal(await page.locator(".file").count(), names.length);
  await row(page, "jwt-signature-not-verified").click();
  await page.close();
});

test("an auditor that dies is replaced, and the text is kept", async () => {
  const page = await visit(browser, site);
  await paste(page, `${BAD_LINE}# mine\n`);
  const [worker] = page.workers();
  const gone = new Promise((resolve) => worker.on("close", resolve));
  const next = page.waitForEvent("worker");
  // A text that claims to be larger than the memory of its WebAssembly: a true trap, from a message no page sends.
  await worker.evaluate(() => {
    const text = { length: 2 ** 32 - 1, charCodeAt: () => 97, slice: () => "" };
    dispatchEvent(new MessageEvent("message", { data: { kind: "audit", revision: 0, removed: [], changed: [{ path: "a.py", text }] } }));
  });
  await page.getByRole("heading", { name: "The audit broke down on this text" }).waitFor();
  await gone;
  await next;
  assert.equal(await shown_text(page), `${BAD_LINE}# mine\n`);

  await page.getByRole("button", { name: "Audit again" }).click();
  await page.locator(".trouble").waitFor({ state: "detached" });
  await audited(page);
  assert_finding(await findings(page), "jwt-signature-not-verified", 2);
  await assert_usable(page);
  await page.close();
});

test("an auditor that dies at every attempt does not take the page with it", async () => {
  const page = await visit(browser, site);
  for (let time = 0; time < 3; time += 1) {
    const worker = page.workers().at(-1);
    const next = page.waitForEvent("worker");
    await worker.evaluate(() => dispatchEvent(new MessageEvent("message", { data: { kind: "nonsense" } })));
    await next;
    await page.locator(".trouble").waitFor();
    // The next change starts the audit again.
    await content(page).focus();
    await page.keyboard.type("#");
    await page.locator(".trouble").waitFor({ state: "detached" });
    await audited(page);
  }
  await assert_usable(page);
  await page.close();
});

test("a part that does not load is named", async () => {
  // A copy that a service worker kept would load.
  const without = await browser.context_with({ serviceWorkers: "block" });
  for (const part of ["claimcheck-wasm-", "web-"]) {
    const page = await without.newPage();
    await page.route(`**/${part}*.wasm`, (route) => route.abort());
    await page.goto(site.address);
    await page.locator(".trouble h3:visible, .failure h1:visible", { hasText: /could not (be loaded|start)/ }).waitFor();
    await page.getByRole("link", { name: "Load the page again" }).first().waitFor();
    await page.close();
  }
});
