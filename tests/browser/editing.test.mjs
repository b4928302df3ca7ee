// Pasting, typing, applying a fix, taking it back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { prepare } from "./harness.mjs";
import { assert_finding, audited, choose_example, content, findings, line_of, paste, row, shown_text, underlined, visit } from "./page.mjs";

const { site, browser } = prepare();

test("a pasted file of 300 lines is audited", async () => {
  const text = await readFile(path.join(import.meta.dirname, "../bench/todo_service.py"), "utf8");
  const page = await visit(browser, site);
  await paste(page, text);

  assert.equal(await shown_text(page), text);
  const found = await findings(page);
  assert_finding(found, "jwt-secret-fallback", line_of(text, 'os.getenv("BETTER_AUTH_SECRET"'));
  assert_finding(found, "auth-error-leaks-detail", line_of(text, 'detail=f"Invalid token'));
  assert_finding(found, "cors-wildcard-with-credentials", [
    line_of(text, "app.add_middleware("),
    line_of(text, "allow_origins=["),
    line_of(text, "allow_credentials="),
  ]);
  assert_finding(found, "sql-injection", [line_of(text, 'statement = f"SELECT'), line_of(text, "text(statement)")]);
  await page.close();
});

test("a fix is shown as a diff, applied, and taken back", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const before = await shown_text(page);
  const found_before = await findings(page);

  await row(page, "jwt-signature-not-verified").click();
  const diff = page.locator(".diff");
  await diff.first().waitFor();
  const removed = await diff.locator(".removed .text").allTextContents();
  assert.ok(removed.length > 0 || (await diff.locator(".added .text").count()) > 0);
  for (const line of removed) assert.ok(before.includes(line.trim()), `${line} is in the text`);

  await page.getByRole("button", { name: "Apply fix" }).click();
  await page.waitForFunction(() => !document.querySelector('.finding[data-rule="jwt-signature-not-verified"]'));
  await page.locator(".changes", { hasText: "fixed" }).waitFor();
  assert.notEqual(await shown_text(page), before);

  // By key, in the editor.
  await content(page).focus();
  await page.keyboard.press("ControlOrMeta+z");
  await row(page, "jwt-signature-not-verified").waitFor();
  await audited(page);
  assert.equal(await shown_text(page), before);
  assert.deepEqual(await findings(page), found_before);

  // By the button of the notice.
  await row(page, "jwt-secret-fallback").click();
  await page.getByRole("button", { name: "Apply fix" }).click();
  await page.waitForFunction(() => !document.querySelector('.finding[data-rule="jwt-secret-fallback"]'));
  await page.getByRole("button", { name: "Undo" }).click();
  await row(page, "jwt-secret-fallback").waitFor();
  await audited(page);
  assert.equal(await shown_text(page), before);
  await page.close();
});

test("every fix of the first example can be applied, one after the other", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const apply = page.getByRole("button", { name: "Apply fix" });
  for (let round = 0; round < 30; round += 1) {
    const rows = page.locator(".finding[data-rule]");
    const count = await rows.count();
    let applied = false;
    for (let index = 0; index < count && !applied; index += 1) {
      await rows.nth(index).click();
      await page.waitForFunction((n) => document.querySelector(".detail .panel-head .quiet")?.textContent.startsWith(`${n} of`), index + 1);
      if (!(await apply.isVisible())) continue;
      await apply.click();
      await page.waitForFunction((count) => document.querySelectorAll(".finding[data-rule]").length < count, count);
      await audited(page);
      applied = true;
    }
    if (!applied) break;
  }
  const left = (await findings(page)).map(({ rule }) => rule);
  assert.ok(!left.includes("jwt-signature-not-verified") && !left.includes("jwt-secret-fallback"), left.join(", "));
  await page.close();
});

test("typing is audited, and changes are announced", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  await paste(page, "import jwt\n\nSECRET = load()\n\n\ndef read(token):\n    return jwt.decode(token, SECRET, algorithms=[\"HS256\"]");
  // The example's findings are gone.
  await page.locator('.changes[role="status"]', { hasText: "fixed" }).waitFor();
  await content(page).focus();
  await page.keyboard.press("ControlOrMeta+End");
  await page.keyboard.type(', options={"verify_signature": False})');
  await row(page, "jwt-signature-not-verified", 7).waitFor();
  await page.locator('.changes[role="status"]', { hasText: "1 new" }).waitFor();
  await page.close();
});

test("a syntax error is named and the rest is audited", async () => {
  const page = await visit(browser, site);
  await paste(page, 'import jwt\n\n\ndef broken(:\n    pass\n\n\ndef read(token, key):\n    return jwt.decode(token, key, algorithms=["HS256"], options={"verify_signature": False})\n');
  await page.locator(".notes", { hasText: "not valid Python" }).waitFor();
  assert_finding(await findings(page), "jwt-signature-not-verified", 9);
  await page.close();
});

test("an empty file has something to say", async () => {
  const page = await visit(browser, site);
  await paste(page, " ");
  await content(page).press("ControlOrMeta+a");
  await content(page).press("Delete");
  await audited(page);
  assert.deepEqual(await findings(page), []);
  await page.getByRole("heading", { name: "Nothing to audit yet" }).waitFor();
  await page.close();
});

test("the right characters are underlined, whatever stands before them", async () => {
  const page = await visit(browser, site);
  const lines = [
    'import jwt  # 🔐 名前 é',
    '鍵 = "🔒"; SECRET = "s3cr3t-🗝️-名"; 次 = 1',
    'def read(token): return ("🙂🙃", jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_signature": False}))',
    "",
  ];
  for (const line_break of ["\n", "\r\n", "\r"]) {
    await paste(page, "x = 1\n");
    await paste(page, lines.join(line_break));
    const found = await findings(page);
    assert_finding(found, "jwt-signature-not-verified", 3);
    assert_finding(found, "jwt-hardcoded-secret", 2);
    const marks = await underlined(page);
    const whole = (text) => lines.some((line) => line.includes(text));
    for (const mark of marks) assert.ok(whole(mark), `${JSON.stringify(mark)} is one piece of the text`);
    assert.ok(marks.some((mark) => mark.startsWith('"s3cr3t-🗝️-名"') || mark.startsWith('SECRET = "s3cr3t')), marks.join(" | "));
    const balanced = marks.find((mark) => mark.includes("verify_signature"));
    assert.match(balanced, /^(jwt\.decode\(token, SECRET.*\}\)|"verify_signature": False|options=\{.*\}|\{"verify_signature": False\}|False)$/u);
  }
  await page.close();
});
