// Files: dropped, opened, added, renamed, closed, kept for the next visit.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { prepare } from "./harness.mjs";
import { audited, content, drop, findings, open_files, paste, row, shown_text, visit } from "./page.mjs";

const { site, browser } = prepare();

const CONFIG = `from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    better_auth_secret: str = "change-me"


settings = Settings()
`;

const AUTH = `import jwt

from config import settings


def read(token: str) -> dict:
    return jwt.decode(token, settings.better_auth_secret, algorithms=["HS256"], options={"require": ["exp"]})
`;

test("two dropped files are one project", async () => {
  const page = await visit(browser, site);
  await drop(page, { "config.py": CONFIG, "auth.py": AUTH });
  // The untouched example makes room.
  assert.deepEqual((await open_files(page)).names, ["auth.py", "config.py"]);

  const found = (await findings(page)).filter(({ rule }) => rule === "jwt-secret-fallback" || rule === "jwt-hardcoded-secret");
  assert.equal(found.length, 1);
  await row(page, found[0].rule).click();
  // The finding names both files: one as its place, the other as a related one or a step on the way.
  const places = await page.locator(".detail .place").allTextContents();
  assert.ok(places.some((place) => place.startsWith("config.py:5:")), places.join(", "));
  assert.ok(places.some((place) => place.startsWith("auth.py:")), places.join(", "));
  // Each place can be visited.
  const other = places.findIndex((place) => place.startsWith("auth.py:"));
  await page.locator(".detail .place").nth(other).click();
  assert.equal((await open_files(page)).shown, "auth.py");

  // Without the other file nothing is known about the secret.
  await page.getByRole("button", { name: "Close config.py" }).click();
  await audited(page);
  assert.ok(!(await findings(page)).some(({ rule }) => rule === found[0].rule));
  await page.getByRole("button", { name: "Undo" }).click();
  await row(page, found[0].rule).waitFor();
  await page.close();
});

test("what cannot be read is named", async () => {
  const page = await visit(browser, site);
  await drop(page, { "good.py": "x = 1\n", "notes.txt": "no", "latin.py": [0x78, 0x20, 0x3d, 0x20, 0xe9] });
  const notice = await page.locator(".notice p").textContent();
  assert.match(notice, /1 file opened/);
  assert.match(notice, /notes\.txt was left out: not a Python file/);
  assert.match(notice, /latin\.py was left out: not UTF-8 text/);
  assert.deepEqual((await open_files(page)).names, ["good.py"]);
  await page.close();
});

test("files are opened with the file dialog", async () => {
  const page = await visit(browser, site);
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    page.getByRole("button", { name: "Open files" }).click(),
  ]);
  const folder = path.join(import.meta.dirname, "../../web/examples/two_files/app");
  await chooser.setFiles([path.join(folder, "auth.py"), path.join(folder, "config.py")]);
  await page.locator(".file-name", { hasText: "config.py" }).waitFor();
  await audited(page);
  assert.equal((await open_files(page)).names.length, 2);
  assert.equal(await shown_text(page), await readFile(path.join(folder, "auth.py"), "utf8"));
  await page.close();
});

test("files are added, renamed and closed", async () => {
  const page = await visit(browser, site);
  await page.getByRole("button", { name: "New file" }).click();
  assert.deepEqual(await open_files(page), { names: ["main.py", "main-2.py"], shown: "main-2.py" });

  await page.getByRole("button", { name: "Rename main-2.py" }).click();
  const field = page.getByRole("textbox", { name: "New name" });
  await field.fill("main.py");
  await page.getByText("Another file has this name").waitFor();
  await field.fill("app/auth.py");
  await field.press("Enter");
  assert.deepEqual(await open_files(page), { names: ["main.py", "app/auth.py"], shown: "app/auth.py" });
  await paste(page, 'import jwt\njwt.decode(t, k, algorithms=["HS256"], options={"verify_signature": False})\n');
  assert.ok((await findings(page)).some(({ file }) => file === "app/auth.py"));

  await page.getByRole("button", { name: "Close app/auth.py" }).click();
  await page.getByRole("button", { name: "Close main.py" }).click();
  await page.getByRole("heading", { name: "No file is open" }).waitFor();
  await audited(page);
  assert.deepEqual(await findings(page), []);
  // A closed file comes back with its text.
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator(".file-name", { hasText: "main.py" }).waitFor();
  await page.close();
});

test("the next visit begins where this one ended", async () => {
  const page = await visit(browser, site);
  await paste(page, "# my own\nimport jwt\n");
  await page.getByRole("button", { name: "New file" }).click();
  await content(page).focus();
  await page.keyboard.type("second = 2");
  await page.locator('.themes input[value="dark"]').check();
  await page.reload();
  await audited(page);
  assert.deepEqual(await open_files(page), { names: ["main.py", "main-2.py"], shown: "main-2.py" });
  assert.equal(await shown_text(page), "second = 2");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.locator(".file-name", { hasText: "main.py" }).first().click();
  assert.equal(await shown_text(page), "# my own\nimport jwt\n");

  await page.getByRole("button", { name: "Start over" }).click();
  await audited(page);
  assert.match(await shown_text(page), /A to-do service/);
  await page.getByRole("button", { name: "Undo" }).click();
  await page.locator(".file-name", { hasText: "main-2.py" }).waitFor();
  await page.close();
});

test("without storage the page works and forgets", async () => {
  const page = await browser.context.newPage();
  await page.addInitScript(() => {
    Object.defineProperty(window, "localStorage", {
      get() {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  await page.goto(site.address);
  await audited(page);
  await paste(page, "x = 1\n");
  await page.locator('.themes input[value="dark"]').check();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
  await page.reload();
  await audited(page);
  assert.match(await shown_text(page), /A to-do service/);
  await page.close();
});
