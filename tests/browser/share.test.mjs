// Links that hold the code: what goes in, and what comes out of good, broken and hostile ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";

import { violations } from "./axe.mjs";
import { complaints, prepare } from "./harness.mjs";
import { audited, choose_example, drop, open_files, paste, shown_text, visit } from "./page.mjs";

const SECRET = "a-secret-of-2025-that-stands-in-the-code";
const AUTH = `import jwt

SECRET = "${SECRET}"


def read(token):  # 名 🔒
    return jwt.decode(token, SECRET, algorithms=["HS256"])
`;

const { site, browser } = prepare({ reducedMotion: "reduce" });

const dialog = (page) => page.getByRole("dialog", { name: "Share by a link" });
const field = (page) => page.getByLabel("Link", { exact: true });

async function open_share(page) {
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await dialog(page).waitFor();
}

/** The link, once it is made. */
async function link_of(page) {
  await page.waitForFunction(() => document.querySelector(".share-link")?.value.includes("#v1"));
  return await field(page).inputValue();
}

/** Goes to a link in a page of its own. */
async function open_link(link) {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(link);
  return page;
}

/** A link as somebody else might write it. */
function link_with(project, { version = "v1", bytes = Buffer.from(JSON.stringify(project)) } = {}) {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  const check = Buffer.alloc(4);
  check.writeUInt32BE(sum);
  return `${site.address}#${version}.${Buffer.concat([check, deflateRawSync(bytes)]).toString("base64url")}`;
}

test("a link opens what was shared, without its secrets, and leaves the address bar", async () => {
  const page = await visit(browser, site);
  const found_complaints = complaints(page);
  await choose_example(page, "todo");
  const requests = site.requests.length;
  await drop(page, { "app/auth.py": AUTH, "app/main.py": "from app.auth import read\r\nx = 1\r\n" });
  await open_share(page);
  await dialog(page).getByText("What goes in: 2 files").waitFor();
  await dialog(page).getByText("Replace 1 string literal that looks like a secret").waitFor();
  assert.match(await dialog(page).locator(".share-secrets").textContent(), /auth\.py line 3:.*"a-secret-of-2025.*→.*"redacted-1"/);
  await dialog(page).locator("summary", { hasText: "auth.py" }).click();
  const preview = await dialog(page).locator("details[open] pre").textContent();
  assert.ok(preview.includes('SECRET = "redacted-1"') && !preview.includes(SECRET));
  const link = await link_of(page);
  await dialog(page).getByText(/^[\d,]+ characters$/).waitFor();
  assert.ok(link.startsWith(`${site.address}#v1.`));
  const packed = Buffer.from(link.split("#v1.")[1], "base64url");
  assert.ok(!inflateRawSync(packed.subarray(4)).includes(SECRET));

  // On request as it is.
  await dialog(page).getByRole("checkbox").uncheck();
  await page.waitForFunction((before) => ![before, ""].includes(document.querySelector(".share-link").value), link);
  const whole = await link_of(page);
  assert.deepEqual(site.requests.slice(requests), []);

  for (const [address, secret] of [[link, "redacted-1"], [whole, SECRET]]) {
    const other = await open_link(address);
    await other.locator(".notice", { hasText: "2 files opened from the link" }).waitFor();
    await audited(other);
    assert.equal(other.url(), site.address);
    assert.equal((await open_files(other)).names.length, 2);
    await other.locator(".file-name", { hasText: "auth.py" }).click();
    assert.equal(await shown_text(other), AUTH.replace(SECRET, secret));
    await other.close();
  }
  assert.deepEqual(found_complaints, []);
  assert.ok(!site.requests.some((request) => request.includes("v1")));
  await page.close();
});

test("what was here before a link is not lost: undone at once, or brought back by a later visit", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  await paste(page, AUTH);
  await page.close();

  const link = link_with({ current: "b.py", files: [["b.py", "y = 2\n"]] });
  const undone = await open_link(link);
  await undone.locator(".notice", { hasText: "1 file opened from the link" }).waitFor();
  assert.equal(await shown_text(undone), "y = 2\n");
  await undone.getByRole("button", { name: "Undo" }).click();
  assert.equal(await shown_text(undone), AUTH);

  // The same link in the address bar of the open page.
  await undone.evaluate((link) => (location.href = link), link);
  await undone.locator(".notice", { hasText: "1 file opened from the link" }).waitFor();
  await undone.close();

  const later = await visit(browser, site);
  assert.equal(await shown_text(later), "y = 2\n");
  await later.getByRole("button", { name: "Examples" }).first().click();
  await later.locator('[data-example="kept"]').click();
  await later.locator(".notice", { hasText: "Your files are back" }).waitFor();
  assert.equal(await shown_text(later), AUTH);
  await later.close();
});

test("a passphrase locks the link, and only it opens it", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  await paste(page, AUTH);
  await open_share(page);
  const open = await link_of(page);
  await dialog(page).getByLabel("Passphrase (optional)").fill("correct horse é");
  // What was made without it is gone at once.
  assert.equal(await field(page).inputValue(), "");
  const link = await link_of(page);
  assert.notEqual(link, open);
  assert.match(link, /#v1p\./);
  await page.close();

  const other = await open_link(link);
  const unlock = other.getByRole("dialog", { name: "This link is locked" });
  await unlock.getByLabel("Passphrase").fill("wrong");
  await unlock.getByRole("button", { name: "Open" }).click();
  await unlock.getByText("That is not the passphrase").waitFor();
  assert.deepEqual(await violations(other, "dialog"), []);
  await unlock.getByLabel("Passphrase").fill("correct horse e\u0301");
  await other.keyboard.press("Enter");
  await unlock.waitFor({ state: "detached" });
  await other.locator(".notice", { hasText: "1 file opened from the link" }).waitFor();
  assert.match(await shown_text(other), /redacted-1/);
  await other.close();

  // Left closed, nothing changes.
  const closed = await open_link(link);
  await closed.getByRole("button", { name: "Leave it closed" }).click();
  await audited(closed);
  assert.match(await shown_text(closed), /redacted-1/);
  await closed.close();
});

const good = { current: "a.py", files: [["a.py", "x = 1\n"]] };

/** What may come, and how it is called. */
const BROKEN = {
  "a link that is cut off": [() => link_with({ current: "a.py", files: [["a.py", AUTH.repeat(20)]] }).slice(0, -30), "Characters are missing"],
  "a link with a changed character": [
    () => link_with({ current: "a.py", files: [["a.py", AUTH]] }).replace(/(.{40})(.)(.{5})$/, (_, a, b, c) => a + (b === "A" ? "B" : "A") + c),
    "Characters are missing",
  ],
  "a link with nothing behind its version": [() => `${site.address}#v1.`, "Characters are missing"],
  "a link of other characters": [() => `${site.address}#v1.<script>alert(1)</script>`, "Characters are missing"],
  "a link from the future": [() => link_with(good, { version: "v2" }), "newer version"],
  "a link of two million characters": [() => `${site.address}#v1.${"A".repeat(2_000_000)}`, "longer than 2,000,000 characters"],
  "a bomb": [() => link_with(null, { bytes: Buffer.alloc(200_000_000, "a") }), "unpacks to more than 20 MB"],
  "too many files": [
    () => link_with({ current: "", files: Array.from({ length: 2_001 }, (_, n) => [`${n}.py`, ""]) }),
    "unpacks to more than 20 MB or 2,000 files",
  ],
  "brackets without end": [() => link_with(null, { bytes: Buffer.alloc(1_000_000, "[") }), "Characters are missing"],
  "another shape": [() => link_with({ files: [{ path: "a.py" }] }), "Characters are missing"],
  "a prototype": [() => link_with(null, { bytes: Buffer.from('{"__proto__": {"files": 1}, "files": []}') }), "Characters are missing"],
  "a path that leads up": [() => link_with({ current: "", files: [["../../etc/a.py", ""]] }), "names of files that are not allowed"],
  "an absolute path": [() => link_with({ current: "", files: [["/etc/a.py", ""]] }), "names of files that are not allowed"],
  "a name that runs backwards": [() => link_with({ current: "", files: [["a\u202eyp.exe", ""]] }), "names of files that are not allowed"],
  "one name twice": [() => link_with({ current: "", files: [["a.py", ""], ["a.py", ""]] }), "names of files that are not allowed"],
  "a locked link that is cut off": [() => `${site.address}#v1p.AAAA`, "Characters are missing"],
};

test("broken and hostile links give a clear message and an empty editor", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  await paste(page, AUTH);
  const found_complaints = complaints(page);
  const requests = site.requests.length;
  for (const [name, [make, words]] of Object.entries(BROKEN)) {
    await page.evaluate((link) => (location.hash = new URL(link).hash), make());
    const message = page.getByRole("dialog", { name: "This link cannot be opened" });
    await message.waitFor();
    assert.ok((await message.textContent()).includes(words), `${name}: ${await message.textContent()}`);
    assert.equal(page.url(), site.address, name);
    await page.getByRole("button", { name: "Back to what was here" }).click();
    await message.waitFor({ state: "detached" });
    await audited(page);
    assert.equal(await shown_text(page), AUTH, name);
  }
  await page.evaluate((link) => (location.hash = new URL(link).hash), link_with(good, { version: "v9" }));
  await page.getByRole("button", { name: "Start with an empty file" }).click();
  await page.getByRole("heading", { name: "Nothing to audit yet" }).waitFor();
  assert.equal(await shown_text(page), "");
  assert.deepEqual(site.requests.slice(requests), []);
  assert.deepEqual(found_complaints, []);

  // A fragment that is nothing of ours is left alone.
  await page.evaluate(() => (location.hash = "findings"));
  assert.match(page.url(), /#findings$/);
  await page.close();
});

test("markup in a link is text, as a file name and as code", async () => {
  const name = "<img src=x onerror=alert(1)>.py";
  const link = link_with({ current: name, files: [[name, '"""</script><b>"""\n']] });
  const page = await open_link(link);
  const found_complaints = complaints(page);
  await page.locator(".notice", { hasText: "1 file opened" }).waitFor();
  await audited(page);
  assert.deepEqual((await open_files(page)).names, [name]);
  assert.equal(await page.locator("img").count(), 0);
  assert.deepEqual(found_complaints, []);
  await page.close();
});

test("in a frame without storage and clipboard the link is selected to be copied", async () => {
  const page = await browser.context.newPage();
  const html = `<!doctype html><iframe sandbox="allow-scripts" src="${site.address}" style="width:1200px;height:700px"></iframe>`;
  await page.route("**/host.html", (route) => route.fulfill({ contentType: "text/html", body: html }));
  // Frames without an origin of their own ask across origins.
  await page.route(`${site.address}**`, async (route) => {
    if (route.request().url().endsWith("/host.html")) return route.fallback();
    const response = await route.fetch();
    return route.fulfill({ response, headers: { ...response.headers(), "access-control-allow-origin": "*" } });
  });
  await page.goto(`${site.address}host.html`);
  const frame = page.frameLocator("iframe");
  await frame.locator(".finding[data-rule]").first().waitFor();
  await frame.getByRole("button", { name: "Share", exact: true }).click();
  // The button waits for the link.
  await frame.getByRole("button", { name: "Copy link" }).click();
  await frame.getByText(/Link copied|The link is selected/).waitFor();
  await page.close();
});

test("more than a link can hold is said, and nothing is made of it", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  await drop(page, { "a.py": `# ${"a".repeat(3_000_000)}\n`, "b.py": `# ${"b".repeat(3_000_000)}\n` });
  await open_share(page);
  await page.getByRole("status").getByText("Too much for a link. Export the files instead.").waitFor();
  assert.ok(await dialog(page).getByRole("button", { name: "Copy link" }).isDisabled());
  await page.keyboard.press("Escape");
  await choose_example(page, "todo");
  await page.close();
});

test("axe finds nothing in the dialogs, and they fit the screen", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const check = async (what, viewport) => {
    assert.deepEqual(await violations(page, "dialog"), [], what);
    const box = await page.locator("dialog").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= viewport.width && box.height <= viewport.height, JSON.stringify(box));
  };
  for (const theme of ["light", "dark"]) {
    await page.locator(`.themes input[value="${theme}"]`).check();
    for (const viewport of [{ width: 1280, height: 800 }, { width: 320, height: 640 }]) {
      await page.setViewportSize(viewport);
      await open_share(page);
      await link_of(page);
      await check("share", viewport);
      await page.keyboard.press("Escape");
      await dialog(page).waitFor({ state: "detached" });
      assert.equal(await page.evaluate(() => document.activeElement.title), "Share");
      await page.evaluate((link) => (location.hash = new URL(link).hash), link_with(good, { version: "v2" }));
      await page.getByRole("dialog", { name: "This link cannot be opened" }).waitFor();
      await check("broken link", viewport);
      await page.getByRole("button", { name: "Back to what was here" }).click();
      await audited(page);
    }
  }
  await page.close();
});
