// Without a network: the copy that the browser keeps, its updates, and that all of it leaves the seal alone.
import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import { DIST, complaints, prepare, serveSite } from "./harness.mjs";
import { assert_finding, audited, content, findings, paste, shown_text, visit } from "./page.mjs";

const { site, browser } = prepare();

const copy_state = (page) =>
  page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const names = await caches.keys();
    const files = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).length));
    return { kept: registration?.active?.state === "activated", copies: names.length, files };
  });

/** The browser itself looks for a new service worker a second after each visit: waits until that is over. */
const browser_has_looked = (page) => page.waitForFunction(() => performance.now() > 4_000);

test("the page starts, audits and mends without its server", async () => {
  const first = await visit(browser, site);
  await first.waitForFunction(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === "activated");
  assert.deepEqual((await copy_state(first)).copies, 1);
  await first.close();
  await site.close();

  const page = await browser.context.newPage();
  const found = complaints(page);
  await page.goto(site.address);
  await audited(page);
  await paste(page, 'import jwt\n\ndef f(t, k):\n    return jwt.decode(t, k, algorithms=["none"])\n');
  assert_finding(await findings(page), "jwt-none-algorithm", 4);
  await page.locator(".badge.sealed").waitFor();
  // That the server cannot be asked for a newer version is no news to the user.
  assert.deepEqual(found.filter((text) => !text.includes("ERR_CONNECTION_REFUSED")), []);
  await page.goto(`${site.address}index.html?from=a-bookmark`);
  await audited(page);
  await page.close();
});

test("neither the copy nor the browser asks for anything after the seal, on the first visit or a later one", async () => {
  for (let time = 0; time < 3; time += 1) {
    const page = await browser.context.newPage();
    const found = complaints(page);
    await page.goto(site.address);
    await page.locator(".badge.sealed").waitFor();
    const at_the_seal = site.requests.length;
    await audited(page);
    await browser_has_looked(page);
    assert.deepEqual(site.requests.slice(at_the_seal), [], `visit ${time + 1}`);
    assert.deepEqual(found, []);
    if (time > 0) assert.deepEqual(site.requests.splice(0), ["GET /version.json"], "a later visit asks for nothing else");
    else site.requests.splice(0);
    await page.close();
  }
});

test("after the seal a script can neither register a service worker nor have one fetch for it", async () => {
  const page = await visit(browser, site);
  const before = site.requests.length;
  const outcome = await page.evaluate(async () => {
    const script = document.querySelector('meta[name="service-worker"]').content;
    const other = await navigator.serviceWorker.register(script.replace("service-worker", "other")).then(() => "reached", () => "refused");
    const registration = await navigator.serviceWorker.getRegistration();
    registration.active?.postMessage({ fetch: "leak", url: "leak" });
    return other;
  });
  assert.equal(outcome, "refused");
  await page.getByRole("button", { name: "Sealed" }).click();
  await page.getByRole("button", { name: "Try to break the seal" }).click();
  await page.locator(".attempts li").nth(3).waitFor();
  assert.equal(await page.locator(".attempts .not-blocked").count(), 0);
  assert.deepEqual(site.requests.slice(before), []);
  await page.close();
});

/** The site as its next version would be: other names, another version, another title. */
async function next_version() {
  const folder = await mkdtemp(path.join(tmpdir(), "claimcheck-next-"));
  await cp(DIST, folder, { recursive: true });
  const script = (await readdir(folder)).find((name) => /^service-worker-/.test(name));
  const version = /-([0-9a-f]+)\.js$/.exec(script)[1];
  const next = version.replace(/./g, (digit) => (digit === "0" ? "1" : "0"));
  for (const name of [script, "index.html", "version.json"]) {
    const text = (await readFile(path.join(folder, name), "utf8")).replaceAll(version, next);
    await writeFile(path.join(folder, name), text.replace("<title>Claimcheck", "<title>Claimcheck the next"));
  }
  await rename(path.join(folder, script), path.join(folder, script.replace(version, next)));
  return folder;
}

test("a new version is offered, comes when it is wanted, and the work stays", async () => {
  const next = await next_version();
  try {
    const first = await visit(browser, site);
    await paste(first, "mine = 1\n");
    await first.waitForFunction(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === "activated");
    await first.close();

    site.folder = next;
    const page = await visit(browser, site);
    assert.doesNotMatch(await page.title(), /next/, "nobody asked for it yet");
    await content(page).focus();
    await page.keyboard.press("ControlOrMeta+End");
    await page.keyboard.type("more = 2");
    await page.getByRole("button", { name: "New version" }).click();
    await page.waitForFunction(() => document.title.includes("next"));
    await audited(page);
    assert.equal(await shown_text(page), "mine = 1\nmore = 2");
    assert.equal(await page.getByRole("button", { name: "New version" }).count(), 0);
    assert.equal((await copy_state(page)).copies, 1, "the copy of the earlier version is gone");
    await page.close();

    // The new one is kept now.
    await site.close();
    const later = await browser.context.newPage();
    await later.goto(site.address);
    await audited(later);
    assert.match(await later.title(), /next/);
    await later.close();
  } finally {
    await rm(next, { recursive: true, force: true });
  }
});

test("a copy that cannot be made keeps nobody from working", async () => {
  site.hold = async (address) => {
    if (address.includes("service-worker-")) throw new Error("no such file");
  };
  const without = { context: await browser.context_with({ serviceWorkers: "block" }) };
  for (const one of [browser, without]) {
    const page = await visit(one, site);
    assert.ok((await findings(page)).length > 0);
    await page.locator(".badge.sealed").waitFor();
    await page.close();
  }
});

test("the page can be installed, and installing it asks for nothing", async () => {
  const page = await visit(browser, site);
  const before = site.requests.length;
  const session = await browser.context.newCDPSession(page);
  const { errors, data } = await session.send("Page.getAppManifest");
  assert.deepEqual(errors, []);
  const manifest = JSON.parse(data);
  assert.equal(manifest.start_url, site.address);
  assert.equal(manifest.scope, site.address);
  assert.ok(manifest.icons.every(({ src }) => src.startsWith("data:image/svg+xml,")));
  assert.deepEqual(site.requests.slice(before), []);
  await page.close();
});

test("in a sandboxed frame the page works, keeps nothing and complains about nothing", async () => {
  const open = await serveSite(undefined, "/", { "access-control-allow-origin": "*" });
  const host = await serveSite(await mkdtemp(path.join(tmpdir(), "claimcheck-host-")));
  try {
    await writeFile(
      path.join(host.folder, "index.html"),
      `<!doctype html><title>Docs</title><link rel="icon" href="data:,"><iframe sandbox="allow-scripts" style="width:1280px;height:800px" src="${open.address}"></iframe>`,
    );
    const page = await browser.context.newPage();
    await page.setViewportSize({ width: 1300, height: 900 });
    const found = complaints(page);
    await page.goto(host.address);
    const frame = page.frameLocator("iframe");
    await frame.locator(".badge.sealed").waitFor();
    await frame.locator(".finding[data-rule]").first().waitFor();
    assert.deepEqual(found, []);
    assert.ok(!open.requests.some((request) => request.includes("service-worker")));
    await page.close();
  } finally {
    await open.close();
    await host.close();
    await rm(host.folder, { recursive: true, force: true });
  }
});
