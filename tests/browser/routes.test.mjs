// The map of routes: who guards each path, filtered, sorted, as a picture, and on to the code.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";

import { complaints, prepare } from "./harness.mjs";
import { audited, choose_example, drop, findings, line_of, open_files, paste, routes_read, show_routes, visit } from "./page.mjs";

const PROJECT = new URL("../fixtures/projects/better_auth_tasks_safe/", import.meta.url);
const FILES = ["auth.py", "config.py", "db.py", "main.py", "models.py", "routes/tasks.py"];

const { site, browser } = prepare({ reducedMotion: "reduce" });
let project;

before(async () => {
  const read = async (name) => [name, await readFile(new URL(name, PROJECT), "utf8")];
  project = Object.fromEntries(await Promise.all(FILES.map(read)));
});

/** A visit that begins with one file, whatever the last one left. */
async function fresh_visit() {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  return page;
}

const rows = (page) => page.locator(".route-table tbody tr");
const names = (page) => rows(page).evaluateAll((found) => found.map((row) => row.dataset.route));
const row = (page, name) => page.locator(`[data-route="${name}"]`);

/** Many routes behind few guards, some behind none. */
function many(count) {
  const routes = Array.from({ length: count }, (_, index) => {
    const guard = ["caller", "caller", "admin", "nobody"][index % 4];
    const parameter = guard === "nobody" ? "" : `, user=Depends(${guard})`;
    return `@app.${index % 2 ? "post" : "get"}("/things/${index}")\ndef thing_${index}(session=Depends(get_session)${parameter}):\n    return {}\n`;
  });
  return `import os
import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer

app = FastAPI()
bearer = HTTPBearer()
KEY = os.environ["BETTER_AUTH_SECRET"]


def get_session(): ...


def caller(credentials=Depends(bearer)) -> str:
    try:
        claims = jwt.decode(credentials.credentials, KEY, algorithms=["HS256"], options={"require": ["exp", "sub"]})
    except jwt.PyJWTError:
        raise HTTPException(status_code=401, detail="Not authenticated", headers={"WWW-Authenticate": "Bearer"})
    return claims["sub"]


def admin(user: str = Depends(caller)): ...


${routes.join("\n\n")}`;
}

test("each route says who guards it, and leads to the code", async () => {
  const page = await fresh_visit();
  const found_complaints = complaints(page);
  await drop(page, project);
  const asked = site.requests.length;
  await show_routes(page);
  assert.deepEqual(await names(page), [
    "GET /api/{user_id}/tasks",
    "POST /api/{user_id}/tasks",
    "GET /api/{user_id}/tasks/{task_id}",
    "PUT /api/{user_id}/tasks/{task_id}",
    "PATCH /api/{user_id}/tasks/{task_id}/complete",
    "DELETE /api/{user_id}/tasks/{task_id}",
    "GET /health",
  ]);
  const list = row(page, "GET /api/{user_id}/tasks");
  assert.deepEqual(await list.locator(".chain li").allTextContents(), ["HTTPBearer", "get_current_user_id", "verify_path_user"]);
  assert.deepEqual(await list.locator(".chain .guards").allTextContents(), ["get_current_user_id", "verify_path_user"]);
  assert.deepEqual(await list.locator(".also button").allTextContents(), ["get_settings", "get_session"]);
  assert.match(await list.getByRole("cell", { name: "sub of the token" }).textContent(), /sub/);
  assert.match(await list.textContent(), /the caller's own.*Task.*guarded/s);
  assert.match(await row(page, "GET /health").textContent(), /nobody is asked.*open/s);

  // A click goes to the code, another to what guards it.
  await row(page, "GET /health").getByRole("button", { name: "/health" }).click();
  assert.equal((await open_files(page)).shown, "main.py");
  const line = page.locator(".cm-activeLine");
  await page.waitForFunction(() => document.querySelector(".editor").shadowRoot.activeElement !== null);
  assert.match(await line.textContent(), /@app\.get\("\/health"\)/);
  await show_routes(page);
  await list.getByRole("button", { name: "get_current_user_id" }).click();
  assert.equal((await open_files(page)).shown, "auth.py");
  assert.ok(await page.locator(".route-map").isHidden());
  assert.equal(site.requests.length, asked, "nothing is requested after the seal");
  assert.deepEqual(found_complaints, []);
  await page.close();
});

test("routes are filtered by words, method and verdict, and sorted by each column", async () => {
  const page = await fresh_visit();
  await paste(page, many(12));
  await show_routes(page);
  const all = await names(page);
  assert.equal(all.length, 12);

  const words = page.getByRole("searchbox", { name: "Words in path, handler or guard" });
  await words.fill("admin");
  assert.deepEqual(await names(page), ["GET /things/2", "GET /things/6", "GET /things/10"]);
  await page.locator(".hidden-findings", { hasText: "3 shown, 9 hidden" }).waitFor();
  await page.getByLabel("Method").selectOption("POST");
  assert.deepEqual(await names(page), []);
  await page.getByText("The filter hides every route.").waitFor();
  await page.locator(".route-map").getByRole("button", { name: "Clear filter" }).click();
  assert.deepEqual(await names(page), all);
  assert.equal(await words.inputValue(), "");

  const guarded = page.locator('.count-switch[data-verdict="guarded"]');
  await guarded.click();
  assert.equal(await guarded.getAttribute("aria-pressed"), "true");
  assert.ok((await names(page)).every((name) => !/\/(3|7|11)$/.test(name)));
  await guarded.click();

  for (const column of ["Method", "Path", "Called before, in order", "Identity", "Rows", "Verdict"]) {
    const head = page.getByRole("columnheader", { name: column });
    const press = head.getByRole("button");
    await press.click();
    assert.equal(await head.getAttribute("aria-sort"), "ascending", column);
    const up = await names(page);
    await press.click();
    assert.equal(await head.getAttribute("aria-sort"), "descending", column);
    assert.deepEqual([...(await names(page))].sort(), [...up].sort());
    await press.click();
    assert.equal(await head.getAttribute("aria-sort"), "none", column);
    assert.deepEqual(await names(page), all);
  }
  await page.getByRole("columnheader", { name: "Method" }).getByRole("button").click();
  assert.deepEqual((await names(page)).map((name) => name.split(" ")[0]), [...Array(6).fill("GET"), ...Array(6).fill("POST")]);
  await page.close();
});

test("the map follows the text, and keeps how it was looked at", async () => {
  const page = await fresh_visit();
  await paste(page, many(4));
  await show_routes(page);
  await page.getByRole("searchbox", { name: "Words in path, handler or guard" }).fill("things/1");
  assert.deepEqual(await names(page), ["POST /things/1"]);
  await page.locator('[data-screen="findings"]').click();
  await paste(page, many(14));
  await show_routes(page);
  assert.deepEqual(await names(page), ["POST /things/1", "GET /things/10", "POST /things/11", "GET /things/12", "POST /things/13"]);
  await page.locator('[data-screen="findings"]').click();
  await paste(page, "x = 1\n");
  await show_routes(page);
  await page.getByRole("heading", { name: "No routes yet" }).waitFor();
  await page.close();
});

test("a route lists its findings, and they can be left again", async () => {
  const page = await fresh_visit();
  const all = await findings(page);
  await show_routes(page);
  await row(page, "GET /tasks/search").getByRole("button", { name: /critical/ }).click();
  await page.locator(".hidden-findings", { hasText: "Only GET /tasks/search" }).waitFor();
  const some = await findings(page);
  assert.ok(some.some(({ rule }) => rule === "sql-injection") && some.length < all.length);
  await page.keyboard.press("x");
  assert.deepEqual(await findings(page), all);
  await page.close();
});

test("sixty routes as a picture: one box for each guard, in words, and as a file", async () => {
  const page = await fresh_visit();
  const text = many(60);
  await paste(page, text);
  await show_routes(page);
  await page.getByRole("button", { name: "Picture" }).click();
  const labels = await page.locator(".route-picture .label").allTextContents();
  for (const once of ["caller", "admin", "HTTPBearer", "nobody is asked"]) {
    assert.equal(labels.filter((label) => label === once).length, 1, once);
  }
  assert.equal(labels.filter((label) => label.includes("/things/")).length, 60);
  assert.ok(!labels.includes("get_session"));
  await page.getByLabel("All dependencies").check();
  await page.locator(".route-picture .label", { hasText: "get_session" }).waitFor();
  await page.getByLabel("All dependencies").uncheck();

  // No box covers another.
  const boxes = await page.locator(".route-picture .node rect").evaluateAll((found) =>
    found.map((rect) => ["x", "y", "width", "height"].map((name) => Number(rect.getAttribute(name)))),
  );
  for (const [index, [x, y, width, height]] of boxes.entries()) {
    for (const [left, top, right, bottom] of boxes.slice(index + 1).map(([x, y, width, height]) => [x, y, x + width, y + height])) {
      assert.ok(x + width <= left || right <= x || y + height <= top || bottom <= y);
    }
  }

  await page.getByText("The picture in words").click();
  const words = await page.locator(".picture figcaption li").allTextContents();
  assert.ok(words.some((line) => /^caller \(main\.py:\d+\): GET \/things\/0, POST \/things\/1/.test(line)), words.join("\n"));

  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save as SVG" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "routes.svg");
  const svg = await readFile(await download.path(), "utf8");
  const problem = await page.evaluate((svg) => {
    const parsed = new DOMParser().parseFromString(svg, "image/svg+xml");
    return parsed.querySelector("parsererror")?.textContent ?? parsed.querySelectorAll(".node").length;
  }, svg);
  assert.equal(problem, boxes.length);
  assert.ok(!svg.includes("var(--"), "the file brings its colours along");

  await page.locator(".route-picture .node.guard", { hasText: "caller" }).click();
  await page.locator(".cm-activeLine", { hasText: "def caller" }).waitFor();
  assert.equal(line_of(text, "def caller"), Number(await page.locator(".cm-lineNumbers .cm-activeLineGutter").textContent()));
  await page.close();
});

test("names from the code are text wherever they stand", async () => {
  const page = await fresh_visit();
  const found_complaints = complaints(page);
  await paste(page, 'from fastapi import FastAPI\napp = FastAPI()\n@app.get("/<img src=x onerror=alert(1)>/\u202e/</script>")\ndef handler(): ...\n');
  await show_routes(page);
  assert.equal(await page.locator(".route-map img, .route-map script").count(), 0);
  assert.match((await names(page))[0], /<img src=x/);
  await page.getByRole("button", { name: "Picture" }).click();
  assert.equal(await page.locator(".route-map img, .route-map script").count(), 0);
  assert.deepEqual(found_complaints, []);
  await page.close();
});

test("while the text is audited again the map waits for the newest", async () => {
  const page = await fresh_visit();
  await show_routes(page);
  await page.keyboard.press("F9");
  await paste(page, many(3));
  await page.keyboard.press("F9");
  await routes_read(page);
  assert.equal((await names(page)).length, 3);
  await audited(page);
  await page.close();
});
