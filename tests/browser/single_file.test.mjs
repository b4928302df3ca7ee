// The one file that holds everything: from a disk, without a server, with a policy that allows no connection.
import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";

import { DIST, complaints, prepare } from "./harness.mjs";
import { assert_finding, audited, choose_example, findings, paste, row, shown_text } from "./page.mjs";

const { browser } = prepare();
let folder;
let address;

before(async () => {
  // Alone in its folder, under a name as people give.
  folder = await mkdtemp(path.join(tmpdir(), "claimcheck file "));
  const file = path.join(folder, "Claimcheck (1).html");
  await copyFile(path.join(DIST, "claimcheck.html"), file);
  address = pathToFileURL(file).href;
});

after(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function open() {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(15_000);
  const requests = [];
  page.on("request", (request) => requests.push(request.url()));
  const found = complaints(page);
  await page.goto(address);
  await audited(page);
  return { page, requests, found };
}

test("it audits from a disk and requests nothing but itself", async () => {
  const { page, requests, found } = await open();
  await page.locator(".badge.sealed").waitFor();
  assert.ok((await findings(page)).length > 0);
  await paste(page, 'import jwt\n\ndef f(t, k):\n    return jwt.decode(t, k, algorithms=["none"])\n');
  assert_finding(await findings(page), "jwt-none-algorithm", 4);
  await choose_example(page, "todo");
  await row(page, "jwt-hardcoded-secret").click();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.keyboard.press("Escape");
  assert.deepEqual(
    requests.filter((url) => url !== address && !url.startsWith("blob:") && !url.startsWith("data:")),
    [],
  );
  assert.deepEqual(found, []);
  await page.close();
});

test("its policy forbids every connection before anything runs", async () => {
  const { page } = await open();
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').first().getAttribute("content");
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /connect-src 'none'/);
  assert.doesNotMatch(policy, /'self'|https?:|unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')/);
  await page.getByRole("button", { name: "Sealed" }).click();
  await page.getByRole("button", { name: "Try to break the seal" }).click();
  await page.locator(".attempts li").nth(3).waitFor();
  assert.equal(await page.locator(".attempts .blocked").count(), 4);
  await page.close();
});

test("what was typed comes back when the file is opened again", async () => {
  const { page } = await open();
  await paste(page, "mine = 1\n");
  await page.close({ runBeforeUnload: true });
  const again = await open();
  assert.equal(await shown_text(again.page), "mine = 1\n");
  await again.page.close();
});
