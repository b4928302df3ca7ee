// After the seal nothing leaves the page: the browser refuses, and the server sees nothing.
import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints, prepare, serveSite } from "./harness.mjs";
import { choose_example, content, drop, findings, paste, visit } from "./page.mjs";

const { site, browser } = prepare();

test("a whole visit asks for nothing after the seal and violates no policy", async () => {
  const page = await browser.context.newPage();
  const found = complaints(page);
  await page.goto(site.address);
  await page.locator(".badge.sealed").waitFor();
  const at_the_seal = site.requests.length;

  await paste(page, "import jwt\n");
  await content(page).focus();
  await page.keyboard.type('jwt.decode(t, options={"verify_signature": False})');
  await drop(page, { "a.py": "import b\n", "b.py": "x = 1\n" });
  await choose_example(page, "todo");
  const rows = await page.locator(".finding[data-rule]").count();
  for (let index = 0; index < rows; index += 1) await page.locator(".finding[data-rule]").nth(index).click();
  const apply = page.getByRole("button", { name: "Apply fix" });
  if (await apply.isVisible()) await apply.click();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByRole("button", { name: "Copy" }).click();
  await page.keyboard.press("Escape");
  await page.locator('.themes input[value="dark"]').check();

  assert.deepEqual(site.requests.slice(at_the_seal), []);
  assert.deepEqual(found, []);
  await page.close();
});

test("the self-test shows four attempts, each blocked by the browser", async () => {
  const page = await visit(browser, site);
  const before = site.requests.length;
  await page.getByRole("button", { name: "Sealed" }).click();
  await page.getByRole("button", { name: "Try to break the seal" }).click();
  const attempts = page.locator(".attempts li");
  await attempts.nth(3).waitFor();
  assert.deepEqual(
    await attempts.evaluateAll((items) => items.map(({ dataset, className, textContent }) => [dataset.attempt, className, textContent.match(/\((.*)\)/)?.[1]])),
    [
      ["fetch", "blocked", "connect-src"],
      ["image", "blocked", "img-src"],
      ["beacon", "blocked", "connect-src"],
      ["worker-fetch", "blocked", "connect-src"],
    ],
  );
  assert.deepEqual(site.requests.slice(before), []);
  await page.close();
});

test("scripts on the page and in the auditor's own worker reach nobody", async () => {
  const page = await visit(browser, site);
  const before = site.requests.length;
  const address = `${site.address}leak`;
  const blocked = await page.evaluate(async (address) => {
    const outcome = {};
    outcome.fetch = await fetch(address).then(() => "reached", () => "refused");
    outcome.image = await new Promise((resolve) => {
      const image = new Image();
      image.onload = () => resolve("reached");
      image.onerror = () => resolve("refused");
      image.src = address;
    });
    outcome.socket = await new Promise((resolve) => {
      try {
        const socket = new WebSocket(address.replace("http", "ws"));
        socket.onopen = () => resolve("reached");
        socket.onerror = () => resolve("refused");
      } catch {
        resolve("refused");
      }
    });
    outcome.events = await new Promise((resolve) => {
      const source = new EventSource(address);
      source.onopen = () => resolve("reached");
      source.onerror = () => resolve("refused");
    });
    outcome.script = await import(address).then(() => "reached", () => "refused");
    outcome.style = await new Promise((resolve) => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = address;
      link.onload = () => resolve("reached");
      link.onerror = () => resolve("refused");
      document.head.append(link);
    });
    navigator.sendBeacon(address, "text");
    return outcome;
  }, address);
  for (const [way, outcome] of Object.entries(blocked)) assert.equal(outcome, "refused", way);

  const [worker] = page.workers();
  assert.match(worker.url(), /^blob:/);
  const from_worker = await worker.evaluate(async (address) => {
    const fetched = await fetch(address).then(() => "reached", () => "refused");
    let imported = "reached";
    try {
      importScripts(address);
    } catch {
      imported = "refused";
    }
    return [fetched, imported];
  }, address);
  assert.deepEqual(from_worker, ["refused", "refused"]);
  assert.deepEqual(site.requests.slice(before), []);
  await page.close();
});

test("the seal holds under any path", async () => {
  const nested = await serveSite(undefined, "/some/where/");
  const page = await browser.context.newPage();
  const found = complaints(page);
  await page.goto(nested.address);
  await page.locator(".badge.sealed").waitFor();
  await page.locator(".finding[data-rule]").first().waitFor();
  assert.ok((await findings(page)).length > 0);
  assert.deepEqual(found, []);
  await page.close();
  await nested.close();
});
