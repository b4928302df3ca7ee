// The page loads in a real browser, complains about nothing, and asks nobody but its own server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { complaints, prepare } from "./harness.mjs";

const { site, browser } = prepare();

test("the page loads without a complaint", async () => {
  const page = await browser.context.newPage();
  const found = complaints(page);
  const elsewhere = [];
  page.on("request", (request) => {
    const { protocol, href } = new URL(request.url());
    if (protocol.startsWith("http") && !href.startsWith(site.address)) elsewhere.push(href);
  });

  await page.goto(site.address, { waitUntil: "networkidle" });

  assert.notEqual((await page.locator("body").innerText()).trim(), "", "the page stays empty");
  assert.deepEqual(found, []);
  assert.deepEqual(elsewhere, []);
  await page.close();
});
