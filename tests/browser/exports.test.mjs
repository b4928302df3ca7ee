// What can be taken away: the report in its forms, as the command line writes them, and the repaired files.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { unzipSync } from "../../web/node_modules/fflate/esm/index.mjs";
import { violations } from "./axe.mjs";
import { complaints, prepare } from "./harness.mjs";
import { audited, choose_example, content, drop, paste, row, shown_text, visit } from "./page.mjs";

const run = promisify(execFile);
const cli = process.env.CLAIMCHECK_BIN;

const AUTH = `import jwt

SECRET = "a-secret-that-stands-in-the-code-of-this-file"


def read(token):
    return jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": False})
`;

const { site, browser } = prepare({ acceptDownloads: true, reducedMotion: "reduce" });
let folder;

before(async () => {
  assert.ok(cli, "CLAIMCHECK_BIN is not set; run this suite with cargo xtask test");
  folder = await mkdtemp(path.join(tmpdir(), "claimcheck-exports-"));
});

after(async () => {
  if (folder) await rm(folder, { recursive: true, force: true });
});

const dialog = (page) => page.getByRole("dialog", { name: "Export" });

async function open_export(page, form) {
  if (!(await dialog(page).isVisible())) await page.getByRole("button", { name: "Export", exact: true }).click();
  await dialog(page).getByRole("radio", { name: form }).check();
}

/** Chooses a form and downloads it. */
async function download(page, form) {
  await open_export(page, form);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    dialog(page).getByRole("button", { name: "Download" }).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Writes files into a new folder, and says where. */
async function write_files(name, files) {
  const place = path.join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(place, file)), { recursive: true });
    await writeFile(path.join(place, file), text);
  }
  return place;
}

test("every form of the report is what the command line writes", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const found_complaints = complaints(page);
  const requests = site.requests.length;
  const hostile = "<img src=x onerror=alert(1)>.py";
  const files = { "auth.py": AUTH, [hostile]: 'password = "</script><b>hunter2-hunter2-7</b>"\n', "broken.py": "def f(:\n" };
  await drop(page, files);
  const place = await write_files("forms", files);
  const forms = { Markdown: "markdown", HTML: "html", SARIF: "sarif", JSON: "json" };
  for (const [form, format] of Object.entries(forms)) {
    const { stdout } = await run(cli, ["audit", "--format", format, "--fail-on", "never", place], { maxBuffer: 1 << 26 });
    const { name, bytes } = await download(page, form);
    assert.equal(bytes.toString("utf8"), stdout, form);
    assert.match(name, /^claimcheck\.(md|html|sarif|json)$/);
  }
  assert.deepEqual(site.requests.slice(requests), []);
  assert.deepEqual(found_complaints, []);
  await page.close();
});

test("git takes the patch of what was changed, and the zip holds the same files", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const files = { "auth.py": AUTH, "with space.py": AUTH.replaceAll("\n", "\r\n"), "clean.py": "x = 1\n" };
  await drop(page, files);

  await open_export(page, "Patch");
  await dialog(page).getByText("Nothing was changed here yet").waitFor();
  assert.ok(await dialog(page).getByRole("button", { name: "Download" }).isDisabled());
  await page.keyboard.press("Escape");

  for (const file of ["auth.py", "with space.py"]) {
    await page.locator(`.finding[data-rule="jwt-signature-not-verified"][data-file="${file}"]`).click();
    await page.getByRole("button", { name: "Apply fix" }).click();
    await page.locator(`.finding[data-rule="jwt-signature-not-verified"][data-file="${file}"]`).waitFor({ state: "detached" });
    await audited(page);
  }

  const zip = await download(page, "Fixed files");
  assert.equal(zip.name, "claimcheck-fixed.zip");
  const fixed = Object.entries(unzipSync(zip.bytes)).map(([name, bytes]) => [name, Buffer.from(bytes).toString("utf8")]);
  assert.deepEqual(fixed.map(([name]) => name).sort(), ["auth.py", "with space.py"]);

  const patch = await download(page, "Patch");
  const place = await write_files("patched", files);
  await writeFile(path.join(place, "claimcheck.patch"), patch.bytes);
  await run("git", ["init", "--quiet"], { cwd: place });
  await run("git", ["-c", "core.autocrlf=false", "apply", "claimcheck.patch"], { cwd: place });
  for (const [name, text] of fixed) {
    assert.equal(await readFile(path.join(place, name), "utf8"), text, name);
    assert.doesNotMatch(text, /verify_signature/);
  }
  assert.equal(await readFile(path.join(place, "clean.py"), "utf8"), "x = 1\n");
  await page.close();
});

test("a file that a fix makes is opened, goes into the patch, and goes again", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const files = {
    "main.py": "from fastapi import FastAPI\n\nfrom rooms import router\n\napp = FastAPI()\napp.include_router(router)\n",
    "rooms.py":
      'from fastapi import APIRouter\n\nrouter = APIRouter()\nguests = {}\n\n\n@router.put("/rooms/{room}")\ndef book(room: str, guest: str):\n    guests[room] = guest\n',
  };
  await drop(page, files);
  const finding = page.locator('.finding[data-rule="route-without-auth"][data-file="rooms.py"]');
  const names = () => page.locator(".file-name .path").allTextContents();
  const before = await names();
  const apply = async () => {
    await finding.click();
    await page.getByRole("button", { name: "Apply fix" }).click();
    await finding.waitFor({ state: "detached" });
    await audited(page);
  };
  await apply();
  assert.deepEqual(await names(), [...before, "auth.py"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await finding.waitFor();
  await audited(page);
  assert.deepEqual(await names(), before);

  await apply();
  const patch = await download(page, "Patch");
  const place = await write_files("made", files);
  await writeFile(path.join(place, "claimcheck.patch"), patch.bytes);
  await run("git", ["init", "--quiet"], { cwd: place });
  await run("git", ["apply", "claimcheck.patch"], { cwd: place });
  const other = await write_files("made-by-cli", files);
  await run(cli, ["fix", "--write", "--rule", "route-without-auth", other]);
  for (const name of ["auth.py", "main.py", "rooms.py"]) {
    assert.equal(await readFile(path.join(place, name), "utf8"), await readFile(path.join(other, name), "utf8"), name);
  }
  await page.close();
});

test("from paste to patch; the next visit knows what the patch is made against", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  await paste(page, AUTH);
  await row(page, "jwt-signature-not-verified").click();
  await page.getByRole("button", { name: "Apply fix" }).click();
  await row(page, "jwt-signature-not-verified").waitFor({ state: "detached" });
  await audited(page);
  const fixed = await shown_text(page);
  const patch = (await download(page, "Patch")).bytes.toString("utf8");
  assert.match(patch, /^diff --git a\/main\.py b\/main\.py\n/);

  await page.reload();
  await audited(page);
  assert.equal(await shown_text(page), fixed);
  assert.equal((await download(page, "Patch")).bytes.toString("utf8"), patch);
  const place = await write_files("pasted", { "main.py": AUTH, "claimcheck.patch": patch });
  await run("git", ["init", "--quiet"], { cwd: place });
  await run("git", ["apply", "claimcheck.patch"], { cwd: place });
  assert.equal(await readFile(path.join(place, "main.py"), "utf8"), fixed);
  await page.close();
});

test("from paste to patch by keyboard alone", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  await paste(page, AUTH);
  const count = await page.locator(".finding[data-rule]").count();
  await page.keyboard.press("F8");
  await page.keyboard.press("Control+.");
  await page.waitForFunction((count) => document.querySelectorAll(".finding[data-rule]").length < count, count);
  await audited(page);
  // Out of the editor, where characters are text.
  await content(page).focus();
  await page.keyboard.press("F6");
  await page.keyboard.press("s");
  await dialog(page).waitFor();
  const focus_on = async (matches) => {
    for (let step = 0; step < 20; step += 1) {
      if (await page.evaluate(matches)) return;
      await page.keyboard.press("Tab");
    }
    assert.fail(`no focus: ${matches}`);
  };
  await focus_on(() => document.activeElement.type === "radio");
  for (let step = 0; step < 4; step += 1) await page.keyboard.press("ArrowDown");
  await page.locator('dialog textarea[aria-busy="false"]').waitFor();
  await focus_on(() => document.activeElement.textContent === "Download");
  const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("Enter")]);
  assert.equal(download.suggestedFilename(), "claimcheck.patch");
  assert.match(await readFile(await download.path(), "utf8"), /^diff --git a\/main\.py b\/main\.py\n/);
  await page.close();
});

test("the report is copied, or selected where copying is refused", async () => {
  const page = await browser.context.newPage();
  await page.addInitScript(() => {
    navigator.clipboard.writeText = async (text) => {
      window.copied = text;
    };
  });
  await page.goto(site.address);
  await audited(page);
  await choose_example(page, "todo");
  await open_export(page, "Markdown");
  await dialog(page).getByRole("button", { name: "Copy" }).click();
  await dialog(page).getByText("Copied", { exact: true }).waitFor();
  assert.match(await page.evaluate(() => window.copied), /^# .*[^]*jwt-signature-not-verified/);

  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("denied"));
    document.execCommand = () => false;
  });
  await dialog(page).getByRole("button", { name: "Copy" }).click();
  await dialog(page).getByText("does not let this page copy").waitFor();
  assert.match(await page.evaluate(() => String(getSelection())), /jwt-signature-not-verified/);

  // Escape closes, and the focus is where it was.
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => document.activeElement.title), "Export");
  await page.close();
});

test("the report is printed alone, and markup of the project is text in it", async () => {
  const page = await browser.context.newPage();
  const found_complaints = complaints(page);
  await page.addInitScript(() => {
    window.print = () => {
      window.printed = (window.printed ?? 0) + 1;
    };
  });
  await page.goto(site.address);
  await audited(page);
  await choose_example(page, "todo");
  await drop(page, { "<b>.py": AUTH });
  await open_export(page, "HTML");
  await dialog(page).getByRole("button", { name: "Print" }).click();
  assert.equal(await page.evaluate(() => window.printed), 1);
  await page.emulateMedia({ media: "print" });
  assert.ok(await page.getByRole("heading", { name: "Security audit of <b>.py" }).isVisible());
  assert.ok(!(await content(page).isVisible()));
  assert.ok(!(await dialog(page).isVisible()));
  assert.equal(await page.locator(".print article.critical").first().evaluate((element) => getComputedStyle(element).borderLeftWidth), "5px");
  await page.emulateMedia({ media: "screen" });
  assert.deepEqual(found_complaints, []);
  await page.close();
});

test("axe finds nothing in the dialog, and it fits the screen", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  for (const theme of ["light", "dark"]) {
    await page.locator(`.themes input[value="${theme}"]`).check();
    for (const viewport of [{ width: 1280, height: 800 }, { width: 320, height: 640 }]) {
      await page.setViewportSize(viewport);
      for (const form of ["Markdown", "HTML", "Patch"]) {
        await open_export(page, form);
        if (form !== "Patch") await dialog(page).locator('textarea[aria-busy="false"]').waitFor();
        assert.deepEqual(await violations(page, "dialog"), []);
        const box = await dialog(page).boundingBox();
        assert.ok(box.x >= 0 && box.x + box.width <= viewport.width && box.height <= viewport.height, JSON.stringify(box));
      }
      await page.keyboard.press("Escape");
    }
  }
  await page.close();
});
