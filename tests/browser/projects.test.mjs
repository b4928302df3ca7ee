// Projects: folders and archives, the tree of their files, what is left out of them, and those that mean no good.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import { violations } from "./axe.mjs";
import { complaints, prepare } from "./harness.mjs";
import {
  assert_finding,
  audited,
  content,
  drop_from_disk,
  findings,
  line_of,
  open_files,
  open_from_disk,
  paste,
  row,
  shown_text,
  visit,
  watch_long_tasks,
} from "./page.mjs";
import { project, zip } from "./projects.mjs";

const { site, browser } = prepare({ reducedMotion: "reduce" });
let folder;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "claimcheck-projects-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Visits the page; ends with a check that nothing was asked for and nothing went wrong. */
async function on_the_page(act) {
  const page = await visit(browser, site);
  const complained = complaints(page);
  page.on("dialog", (dialog) => complained.push(`dialog: ${dialog.message()}`));
  const before = site.requests.length;
  await act(page);
  assert.deepEqual(site.requests.slice(before), []);
  assert.deepEqual(complained, []);
  await page.close();
}

async function write(name, files) {
  const root = path.join(folder, name);
  for (const [file, text] of Object.entries(files)) {
    const target = path.join(root, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  return root;
}

async function write_zip(name, files) {
  const file = path.join(folder, name);
  await writeFile(file, zip(files));
  return file;
}

const rows = async (page) =>
  await page.locator(".tree-row").evaluateAll((rows) =>
    rows.map((row) => `${"  ".repeat(Number(row.ariaLevel) - 1)}${row.querySelector(".path").textContent}`),
  );
const focused_row = async (page) => await page.evaluate(() => document.activeElement.title);
/** The row is drawn first where it was not, and then has the focus. */
const focus_reaches = (page, title) => page.waitForFunction((title) => document.activeElement.title === title, title);
const tree_row = (page, name) => page.locator(".tree-row", { has: page.getByText(name, { exact: true }) });

/** The groups of what was left out: number and names of each by its reason. */
async function left_out(page) {
  return await page.locator(".left-out details").evaluateAll((groups) =>
    Object.fromEntries(
      groups.map((group) => [
        group.dataset.reason,
        Array.from(group.querySelectorAll("li.path"), (name) => name.textContent),
      ]),
    ),
  );
}

const SHOP = {
  ...project(12),
  "README.md": "A shop.\n",
  "pyproject.toml": '[project]\nname = "shop"\n',
  ".git/hooks/pre-commit.py": "import nothing\n",
  ".venv/pyvenv.cfg": "home = /usr\n",
  ".venv/lib/python3.12/site.py": "x = 1\n",
  "frontend/node_modules/gyp/gyp.py": "x = 1\n",
  "app/__pycache__/main.cpython-312.pyc": "",
  "app/broken.py": Buffer.from("# caf\xe9\n", "latin1"),
};

test("a dropped folder is one project", () =>
  on_the_page(async (page) => {
    const said = await open_from_disk(page, await write("shop", SHOP));
    assert.match(said, /^shop: 12 files opened/);
    assert.match(said, /app\/broken\.py was left out: not UTF-8 text/);
    // Folders first, the shared folder of the disk taken off.
    assert.deepEqual((await rows(page)).slice(0, 5), ["app", "  models", "    thing_0.py", "  reports", "    section_0"]);
    assert_finding(await findings(page), "jwt-secret-fallback", line_of(SHOP["app/config.py"], "change-me"), "app/config.py");
    assert.ok(!(await findings(page)).some(({ file }) => file.includes("venv") || file.includes("node_modules")));

    await page.getByRole("button", { name: "What was left out" }).click();
    const groups = await left_out(page);
    assert.deepEqual(groups.environment, ["shop/.venv/"]);
    assert.deepEqual(groups.packages, ["shop/frontend/node_modules/"]);
    assert.deepEqual(groups["tool-folder"].toSorted(), ["shop/.git/", "shop/app/__pycache__/"]);
    assert.deepEqual(groups["not-utf-8"], ["shop/app/broken.py"]);
    assert.deepEqual(groups["not-python"].toSorted(), ["shop/README.md", "shop/pyproject.toml"]);
    await page.keyboard.press("Escape");

    // What was there before comes back.
    await page.getByRole("button", { name: "Undo" }).click();
    await audited(page);
    assert.deepEqual((await open_files(page)).names, ["main.py"]);
  }));

test("the settings of a project apply while it is open", () =>
  on_the_page(async (page) => {
    const with_settings = (text) => ({ ...project(12), "pyproject.toml": text });
    const fallbacks = async () => (await findings(page)).filter(({ rule }) => rule === "jwt-secret-fallback").length;
    const off = page.locator(".notes", { hasText: "turn 1 rule off" });
    const shop = await write("shop", with_settings('[tool.claimcheck.rules]\njwt-secret-fallback = "off"\n'));
    assert.ok(await fallbacks());
    await open_from_disk(page, shop);
    await page.locator(".notice", { hasText: /12 files opened.*The settings in pyproject\.toml apply/ }).waitFor();
    await off.waitFor();
    assert.equal(await fallbacks(), 0);

    // What was set before comes back with the project that was open, and with one that sets nothing.
    await page.getByRole("button", { name: "Undo" }).click();
    await row(page, "jwt-secret-fallback").waitFor();
    await audited(page);
    assert.equal(await off.count(), 0);
    await open_from_disk(page, shop);
    await off.waitFor();
    await open_from_disk(page, await write("plain", project(12)));
    await off.waitFor({ state: "detached" });
    assert.ok(await fallbacks());

    // A mistake is named, and what was set stays.
    await open_from_disk(page, await write("wrong", with_settings('[tool.claimcheck]\nsecret-nam = "KEY"\n')));
    await page.locator(".notice", { hasText: "The settings in pyproject.toml do not apply because of line 2: see Settings" }).waitFor();
    assert.ok(await fallbacks());
    await page.getByRole("button", { name: "Settings" }).first().click();
    await page.getByRole("alert").filter({ hasText: "Line 2, column 1: unknown setting secret-nam" }).waitFor();
  }));

test("a folder is opened with the browser's dialog", () =>
  on_the_page(async (page) => {
    const root = await write("shop", SHOP);
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("button", { name: "Open a folder" }).click(),
    ]);
    await chooser.setFiles(root);
    await page.locator(".notice", { hasText: "shop: 12 files opened" }).waitFor();
    await audited(page);
    const groups = await left_out(page);
    assert.deepEqual(groups.environment, ["shop/.venv/"]);
    assert.deepEqual(groups.packages, ["shop/frontend/node_modules/"]);
  }));

test("an archive is one project, and findings lead from file to file", () =>
  on_the_page(async (page) => {
    const files = Object.fromEntries(Object.entries(project(12)).map(([name, text]) => [`shop-main/${name}`, text]));
    assert.match(await open_from_disk(page, await write_zip("shop-main.zip", files)), /^shop-main: 12 files opened/);
    await row(page, "jwt-secret-fallback").click();
    const places = page.locator(".detail .place");
    const other = places.filter({ hasText: "app/auth.py:" }).first();
    await other.click();
    assert.equal((await open_files(page)).shown, "app/auth.py");
    assert.equal(await page.locator('.tree-row[aria-selected="true"]').getAttribute("title"), "app/auth.py");
    assert.equal(await shown_text(page), files["shop-main/app/auth.py"]);
    // And back to the other file, which is underlined although nobody had looked at it when it was audited.
    await row(page, "jwt-secret-fallback").click();
    assert.equal((await open_files(page)).shown, "app/config.py");
    await page.locator(".cm-finding-selected").first().waitFor();
    // A change in one file changes what is found in the other.
    await paste(page, files["shop-main/app/config.py"].replace(' = "change-me"', ""));
    assert.ok(!(await findings(page)).some(({ rule }) => rule === "jwt-secret-fallback"));
  }));

test("the tree by keyboard: walked, searched, renamed, deleted", () =>
  on_the_page(async (page) => {
    await open_from_disk(page, await write("shop", project(12)));
    const press = (key) => page.keyboard.press(key);
    const at = (title) => focus_reaches(page, title);
    await page.locator('.tree-row[tabindex="0"]').focus();
    await press("Home");
    await at("app");
    await press("ArrowRight");
    await at("app/models");
    await press("ArrowLeft");
    assert.equal(await tree_row(page, "models").getAttribute("aria-expanded"), "false");
    await press("ArrowDown");
    await at("app/reports");
    await press("ArrowRight");
    await press("ArrowRight");
    await at("app/reports/section_0/report_0.py");
    await press("ArrowLeft");
    await press("ArrowLeft");
    await press("ArrowLeft");
    await at("app/reports");
    await press("m");
    await at("app/main.py");
    await press("Space");
    assert.equal((await open_files(page)).shown, "app/main.py");
    await at("app/main.py");

    // Another name for a folder: its files go along, and what imports them is told.
    await press("Home");
    await press("ArrowDown");
    await press("F2");
    const field = page.getByRole("textbox", { name: "New name" });
    await field.fill("../models");
    await page.getByText("A name neither begins with / nor holds ..").waitFor();
    await field.fill("app/tables");
    await press("Enter");
    await audited(page);
    assert.ok((await rows(page)).includes("  tables"));
    await at("app/tables");

    // A folder is deleted with what is in it, and comes back.
    await press("Delete");
    await page.locator(".notice", { hasText: "app/tables closed" }).waitFor();
    await audited(page);
    assert.ok(!(await rows(page)).includes("  tables"));
    assert.notEqual(await focused_row(page), "");
    await page.getByRole("button", { name: "Undo" }).click();
    await audited(page);
    assert.ok((await rows(page)).includes("  tables"));

    const search = page.getByRole("searchbox", { name: "Find a file" });
    await search.fill("THINGS");
    assert.deepEqual(await rows(page), ["app", "  routers", "    things_0.py", "  services", "    things_0.py"]);
    await page.getByRole("status").filter({ hasText: "2 files found" }).waitFor({ state: "attached" });
    await search.press("Enter");
    assert.equal((await open_files(page)).shown, "app/routers/things_0.py");
    assert.ok(await content(page).evaluate((element) => element.getRootNode().activeElement === element));
    await search.fill("no such file");
    await page.getByText("No file has this in its name").waitFor();
    await search.press("Escape");
    assert.equal(await search.inputValue(), "");
  }));

test("folders say what was found in them", () =>
  on_the_page(async (page) => {
    await open_from_disk(page, await write("shop", project(12)));
    const count = Number(await tree_row(page, "config.py").locator(".count").evaluate((count) => count.childNodes[1].textContent));
    assert.equal(count, (await findings(page)).filter(({ file }) => file === "app/config.py").length);
    await page.getByRole("treeitem", { name: /^config\.py \d+ findings?, worst: critical$/ }).waitFor();
    // A closed folder speaks for its files.
    await tree_row(page, "app").click();
    const all = Number(await tree_row(page, "app").locator(".count").evaluate((count) => count.childNodes[1].textContent));
    assert.equal(all, (await findings(page)).length);
  }));

test("2,000 files: read with progress, audited, searched; the next visit says that they were too many to keep", (context) =>
  on_the_page(async (page) => {
    page.setDefaultTimeout(120_000);
    const longest = await watch_long_tasks(page);
    await page.evaluate(() => {
      window.said = new Set();
      new MutationObserver(() => {
        const words = document.querySelector(".reading p")?.textContent;
        if (words) window.said.add(words.replaceAll(/\d[\d,]*/g, "N"));
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    const said = await open_from_disk(page, await write_zip("shop.zip", project(2_000)));
    assert.match(said, /^shop: 2,000 files opened.*too large for this browser to keep/);
    assert.ok(await page.evaluate(() => window.said.has("Reading N of N files")));
    context.diagnostic(`2,000 files: longest task ${(await longest()).toFixed(0)} ms`);
    // Folders are closed at first, and never are all rows drawn.
    assert.ok((await rows(page)).length < 100);
    const search = page.getByRole("searchbox", { name: "Find a file" });
    await search.fill("report_");
    assert.ok((await rows(page)).length <= 300);
    await page.getByRole("button", { name: /^Show [\d,]+ more$/ }).first().waitFor();
    await search.fill("report_77.py");
    await search.press("Enter");
    assert.equal((await open_files(page)).shown, "app/reports/section_17/report_77.py");
    await content(page).focus();
    await page.keyboard.type("# typed\n");
    assert.match(await shown_text(page), /# typed/);
    await page.locator(".tree-toggle").click();
    assert.equal(await page.locator(".file-tree").count(), 0);

    const again = await browser.context.newPage();
    await page.evaluate(() => dispatchEvent(new Event("pagehide")));
    const asked = site.requests.length;
    await again.goto(site.address);
    await again.locator(".notice", { hasText: "The 2,000 files of your last visit were too large" }).waitFor();
    await again.close();
    site.requests.length = asked;
  }));

test("more than 2,000 files: the first are read and the others counted", () =>
  on_the_page(async (page) => {
    page.setDefaultTimeout(60_000);
    const files = Array.from({ length: 2_010 }, (_, n) => [`f${String(n).padStart(4, "0")}.py`, `x = ${n}\n`]);
    const said = await open_from_disk(page, await write_zip("many.zip", files));
    assert.match(said, /2,000 files opened. 10 left out/);
    await page.getByRole("button", { name: "What was left out" }).click();
    await page.getByText("Beyond 2,000 Python files").waitFor();
    assert.equal((await left_out(page))["too-many"][0], "f2000.py");
    // All in one folder: a part of the rows is drawn, and keys reach the others.
    await page.keyboard.press("Escape");
    assert.equal((await rows(page)).length, 300);
    await page.locator('.tree-row[tabindex="0"]').focus();
    await page.keyboard.press("End");
    await focus_reaches(page, "f1999.py");
    await page.keyboard.press("Home");
    await focus_reaches(page, "f0000.py");
  }));

test("reading is cancelled, and everything is as it was", () =>
  on_the_page(async (page) => {
    await paste(page, "# mine\n");
    await page.evaluate(() => {
      new MutationObserver(() => {
        if (/^Reading/.test(document.querySelector(".reading p")?.textContent)) document.querySelector(".reading button").click();
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    await drop_from_disk(page, await write_zip("shop.zip", project(2_000)));
    await page.locator(".notice", { hasText: "Cancelled: nothing was opened" }).waitFor();
    assert.equal(await page.locator(".reading").count(), 0);
    assert.equal(await shown_text(page), "# mine\n");
    assert.equal(await page.locator(".file-tree").count(), 0);
  }));

const HOSTILE = {
  markup: "<img src=x onerror=alert(1)>.py",
  script: "</script><script>alert(1)</script>.py",
  turned: "invoice\u202eyp.exe.py",
};

test("names that mean no good are harmless", () =>
  on_the_page(async (page) => {
    const bad = 'import jwt\njwt.decode(t, k, algorithms=["HS256"], options={"verify_signature": False})\n';
    const names = [HOSTILE.markup, HOSTILE.script, HOSTILE.turned, "a.py", "b.py", "c.py", "d.py"];
    const refused = ["/etc/passwd.py", "../../outside.py", "C:\\windows\\system.py", `${"n".repeat(1_200)}.py`];
    const entries = [...names, ...refused].map((name) => [name, bad]);
    const said = await open_from_disk(page, await write_zip("hostile.zip", [...entries, ["a.py", "twice = 1\n"]]));
    assert.match(said, /7 files opened/);
    const found = new Set((await findings(page)).map(({ file }) => file));
    // A zip's slash makes folders: the name is but text.
    assert.ok(found.has(HOSTILE.markup) && found.has(HOSTILE.script) && found.has("invoice⟨U+202E⟩yp.exe.py"), [...found].join(" "));
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.locator("script:not([src])", { hasText: "alert(1)" }).count(), 0);
    assert.ok(!(await page.locator("body").innerText()).includes("\u202e"));

    await page.getByRole("button", { name: "What was left out" }).click();
    const groups = await left_out(page);
    assert.equal(groups["unsafe-name"].length, 3);
    assert.equal(groups["long-name"].length, 1);
    assert.deepEqual(groups.duplicate, ["a.py"]);
    assert.deepEqual(groups.respelled, ["invoice⟨U+202E⟩yp.exe.py"]);
    assert.equal(await page.locator("img").count(), 0);
  }));

test("archives that mean no good are refused in plain words", () =>
  on_the_page(async (page) => {
    const good = ["good.py", "x = 1\n"];
    const bomb = Buffer.alloc(300_000_000, "#");
    const archives = {
      "bomb.zip": [[good, ["bomb.py", bomb]], "too-large"],
      // The directory says it is small.
      "liar.zip": [[good, ["bomb.py", bomb, { size: 100 }]], "too-large"],
      "secret.zip": [[good, ["secret.py", "x", { flags: 0x801 }]], "encrypted"],
      "old.zip": [[good, ["old.py", "x", { method: 6 }]], "unsupported"],
      "nested.zip": [[good, ["inner.zip", zip({ "inner.py": "x = 1\n" })]], "nested-zip"],
      "long.zip": [[good, ["line.py", `x = "${"a".repeat(10_000_000)}"\n`]], "too-large"],
      "wrong.zip": [[good, ["wrong.py", "x = 1\n", { size: 3 }]], "damaged"],
    };
    for (const [name, [entries, reason]] of Object.entries(archives)) {
      const said = await open_from_disk(page, await write_zip(name, entries));
      assert.match(said, /1 file opened/, name);
      assert.deepEqual((await open_files(page)).names, ["good.py"], name);
      assert.ok(reason in (await left_out(page)), `${name}: ${Object.keys(await left_out(page))}`);
    }

    const whole = zip(project(12));
    const damaged = { "empty.zip": "", "noise.zip": Buffer.alloc(50_000, 7), "cut.zip": whole.subarray(0, whole.length / 2) };
    for (const [name, bytes] of Object.entries(damaged)) {
      const file = path.join(folder, name);
      await writeFile(file, bytes);
      assert.match(await open_from_disk(page, file), /^No Python file was opened\. .*: the archive is damaged, or no zip at all$/, name);
    }
    // One spoilt byte spoils one file.
    const spoilt = Buffer.from(whole);
    spoilt[whole.indexOf("app/auth.py") + 40] ^= 0xff;
    const file = path.join(folder, "spoilt.zip");
    await writeFile(file, spoilt);
    assert.match(await open_from_disk(page, file), /11 files opened\. app\/auth\.py was left out: it is damaged/);
  }));

test("together they are no more than 50 MB", () =>
  on_the_page(async (page) => {
    page.setDefaultTimeout(60_000);
    const text = `${"#".repeat(199)}\n`.repeat(20_000);
    const entries = Array.from({ length: 20 }, (_, n) => [`f${n}.py`, text]);
    const said = await open_from_disk(page, await write_zip("large.zip", entries));
    assert.match(said, /13 files opened. 7 left out/);
    // Entries that all claim to be small stop at the same limit.
    const liars = entries.map(([name, text]) => [name, text, { size: 1 }]);
    await open_from_disk(page, await write_zip("liars.zip", liars));
    assert.ok("too-much" in (await left_out(page)));
  }));

for (const theme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries({ wide: { width: 1440, height: 900 }, phone: { width: 320, height: 700 } })) {
    test(`axe finds nothing in projects: ${theme}, ${size}`, () =>
      on_the_page(async (page) => {
        await page.setViewportSize(viewport);
        await page.locator(`.themes input[value="${theme}"]`).check();
        await open_from_disk(page, await write("shop", { ...SHOP, "zzz/deeper/and/deeper/file.py": "x = 1\n", "zzz/other.py": "" }));
        const check = async (screen) => {
          assert.deepEqual(await violations(page), [], screen);
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(overflow, 0, `${screen} is wider than the screen`);
        };
        const toggle = page.locator(".tree-toggle");
        if (size === "phone") {
          await check("the tree closed");
          await toggle.click();
        }
        await check("the tree");
        await page.locator(".tree-row", { hasText: "main.py" }).press("F2");
        await page.getByRole("textbox", { name: "New name" }).fill("");
        await page.getByText("A file needs a name").waitFor();
        await check("renaming");
        await page.keyboard.press("Escape");
        await page.getByRole("searchbox").fill("nothing at all");
        await check("nothing found by name");
        await page.getByRole("searchbox").fill("");
        await page.locator(".file-tree > .text-button").click();
        await page.locator(".left-out summary").first().click();
        await check("what was left out");
        await page.keyboard.press("Escape");
        if (size === "phone") {
          // A choice makes room for the text.
          await page.locator(".tree-row", { hasText: "main.py" }).click();
          await page.locator(".file-tree").waitFor({ state: "detached" });
          assert.equal((await open_files(page)).shown, "app/main.py");
        }
      }));
  }
}
