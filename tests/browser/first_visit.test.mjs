// What somebody sees who comes for the first time, and what each example teaches.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { complaints, prepare } from "./harness.mjs";
import { assert_finding, choose_example, content, findings, line_of, open_files, row, visit } from "./page.mjs";

const example = (name) => readFile(path.join(import.meta.dirname, "../../web/examples", name), "utf8");

const { site, browser } = prepare();

test("the first visit shows a vulnerable file, already audited", async () => {
  const page = await browser.context.newPage();
  const found_complaints = complaints(page);
  await page.goto(site.address);
  await page.locator(".finding[data-rule]").first().waitFor();

  const text = await example("todo.py");
  const found = await findings(page);
  assert_finding(found, "jwt-signature-not-verified", [
    line_of(text, "claims = jwt.decode("),
    line_of(text, '"verify_signature": False'),
  ]);
  assert_finding(found, "jwt-secret-fallback", line_of(text, 'os.getenv("BETTER_AUTH_SECRET"'));
  assert_finding(found, "jwt-hardcoded-secret", line_of(text, "SERVICE_SECRET = "));
  assert_finding(found, "sql-injection", [line_of(text, 'text(f"SELECT'), line_of(text, "execute(query)")]);
  assert_finding(found, "auth-error-leaks-detail", line_of(text, 'detail=f"Invalid token'));
  assert_finding(found, "jwt-none-algorithm", [
    line_of(text, "claims = jwt.decode("),
    line_of(text, '[ALGORITHM, "none"]'),
  ]);
  assert_finding(found, "jwt-issued-without-expiry", line_of(text, "return jwt.encode"));
  assert_finding(found, "cors-wildcard-with-credentials", [
    line_of(text, "app.add_middleware"),
    line_of(text, "allow_origins="),
    line_of(text, "allow_credentials="),
  ]);
  // By severity, the worst first, each as a shape and a word.
  const order = await page.locator(".severity > h3").allTextContents();
  assert.match(order.join(" "), /^Critical.*Warnings/);
  assert.deepEqual(found_complaints, []);
  await page.close();
});

test("a finding leads to its place in the code, and the place to the finding", async () => {
  const page = await visit(browser, site);
  const text = await example("todo.py");
  await choose_example(page, "todo");

  await row(page, "jwt-hardcoded-secret").click();
  await page.locator(".detail code", { hasText: "jwt-hardcoded-secret" }).waitFor();
  assert.match(await page.locator(".cm-finding-selected").first().textContent(), /todo-service|SERVICE_SECRET/);
  const line = page.locator(".cm-activeLine");
  assert.equal(await line.textContent(), text.split("\n")[line_of(text, "SERVICE_SECRET = ") - 1]);

  // Back: the caret goes into the span of another finding.
  await page.locator(".cm-finding", { hasText: "dev-secret-change-me" }).first().click();
  await page.locator(".detail code", { hasText: "jwt-secret-fallback" }).waitFor();
  assert.equal(await row(page, "jwt-secret-fallback").getAttribute("aria-current"), "true");

  // The rule's documentation is there, with its code.
  await page.locator(".documentation p").first().waitFor();
  assert.ok((await page.locator(".documentation .code-block").count()) > 0);
  assert.match(await page.locator(".detail dl").textContent(), /CWE-\d+.*OWASP API\d+:2023/s);

  // The message under the pointer.
  await page.locator(".cm-finding", { hasText: "dev-secret-change-me" }).first().hover();
  await page.locator(".cm-finding-hover", { hasText: "jwt-secret-fallback" }).waitFor();
  await page.close();
});

test("findings can be walked through by key, from the editor and from the list", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const count = (await findings(page)).length;
  await content(page).focus();
  const position = page.locator(".detail .panel-head .quiet");
  const before = await position.textContent();
  await page.keyboard.press("F8");
  await page.waitForFunction((before) => document.querySelector(".detail .panel-head .quiet").textContent !== before, before);
  await page.keyboard.press("Shift+F8");
  await page.getByRole("button", { name: "Next finding (F8)" }).focus();
  for (let step = 1; step < count; step += 1) await page.keyboard.press("F8");
  await page.waitForFunction((last) => document.querySelector(".detail .panel-head .quiet").textContent === last, `${count} of ${count}`);
  await page.close();
});

test("the repaired files have no findings that matter", async () => {
  const page = await visit(browser, site);
  for (const id of ["todo-repaired", "oauth2"]) {
    await choose_example(page, id);
    assert.deepEqual(await findings(page), [], id);
  }
  await page.close();
});

test("every other example shows what it promises", async () => {
  const page = await visit(browser, site);

  await choose_example(page, "two-files");
  assert.deepEqual(await open_files(page), { names: ["app/auth.py", "app/config.py"], shown: "app/auth.py" });
  const across = await findings(page);
  assert.ok(
    across.some(({ rule }) => rule === "jwt-secret-fallback" || rule === "jwt-hardcoded-secret"),
    "the default in app/config.py reaches app/auth.py",
  );

  await choose_example(page, "jose");
  const jose = await example("jose_auth.py");
  const found = await findings(page);
  assert_finding(found, "jwt-algorithms-not-pinned", line_of(jose, "algorithms=None"));
  assert_finding(found, "jwt-expiry-not-enforced", line_of(jose, '"verify_exp": False'));
  assert_finding(found, "jwt-hardcoded-secret", line_of(jose, "REFRESH_SECRET_KEY = "));
  assert_finding(found, "jwt-secret-may-be-missing", line_of(jose, 'os.getenv("JWT_SECRET")'));
  assert_finding(found, "auth-error-leaks-detail", line_of(jose, "detail=str(error)"));
  assert_finding(found, "jwt-issued-without-expiry", [
    line_of(jose, "return jwt.encode(payload, SECRET_KEY"),
    line_of(jose, 'payload = {"sub": str(user_id)}\n'),
  ]);

  await choose_example(page, "cors-sql");
  const rules = (await findings(page)).map(({ rule }) => rule);
  assert.deepEqual(
    rules.filter((rule) => rule === "sql-injection").length,
    2,
    "two glued queries, and the allow-listed one is fine",
  );
  assert.ok(rules.includes("cors-wildcard-with-credentials"));
  await page.close();
});
