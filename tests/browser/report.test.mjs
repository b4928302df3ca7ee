// What the audit says of the project as a whole, and what can be set.
import assert from "node:assert/strict";
import { test } from "node:test";

import { complaints, prepare } from "./harness.mjs";
import { audited, choose_example, findings, paste, show_routes, visit } from "./page.mjs";

const SERVICE = `import os

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer

app = FastAPI()
bearer = HTTPBearer()
SECRET = os.environ["BETTER_AUTH_SECRET"]
OTHER = "a-secret-that-stands-in-the-code-of-this-file"


def current_user(credentials=Depends(bearer)) -> str:
    try:
        claims = jwt.decode(credentials.credentials, SECRET, algorithms=["HS256"], options={"require": ["exp", "sub"]})
    except jwt.PyJWTError:
        raise HTTPException(status_code=401, detail="Not authenticated")
    return claims["sub"]


@app.get("/me")
def me(user_id: str = Depends(current_user)):
    return {"id": user_id}


@app.get("/open")
def open_route(token: str):
    return jwt.decode(token, OTHER, algorithms=["HS256"])["sub"]
`;

const { site, browser } = prepare();

test("escalations, phases and twelve verdicts", async () => {
  const page = await visit(browser, site);
  const found_complaints = complaints(page);
  await choose_example(page, "todo");
  await page.locator(".escalations", { hasText: "SQL injection" }).waitFor();
  const phases = await page.locator(".severity > h4").allTextContents();
  assert.ok(phases.includes("Authentication infrastructure") && phases.includes("Code quality"), phases.join(", "));
  assert.equal(await page.locator("[data-item]").count(), 12);
  const secrets = page.locator('[data-item="10"]');
  assert.equal(await secrets.getAttribute("data-verdict"), "fail");
  await secrets.click();
  await page.locator(".detail code", { hasText: /jwt-(hardcoded-secret|secret-fallback)/ }).first().waitFor();
  assert.deepEqual(found_complaints, []);
  await page.close();
});

test("a route lists its own findings alone", async () => {
  const page = await visit(browser, site);
  await paste(page, SERVICE);
  const all = await findings(page);
  assert.ok(all.some(({ rule }) => rule === "jwt-hardcoded-secret"));
  await show_routes(page);
  await page.locator('[data-route="GET /open"]').getByRole("button", { name: /critical/ }).click();
  await page.locator(".hidden-findings", { hasText: "Only GET /open" }).waitFor();
  const of_route = (await findings(page)).map(({ rule }) => rule);
  assert.ok(of_route.length > 0 && of_route.length < all.length, of_route.join(", "));
  await page.getByRole("button", { name: "Clear filter" }).click();
  assert.deepEqual(await findings(page), all);
  await page.close();
});

test("settings change the audit and come back with the next visit", async () => {
  const page = await visit(browser, site);
  await paste(page, SERVICE);
  const has = async (rule) => (await findings(page)).some((finding) => finding.rule === rule);
  assert.ok(await has("jwt-hardcoded-secret"));
  await page.getByRole("button", { name: "Settings" }).click();
  await page.locator('#settings [data-rule="jwt-hardcoded-secret"]').getByRole("combobox").selectOption("off");
  await page.locator(".notes", { hasText: "turn 1 rule off" }).waitFor();
  await audited(page);
  assert.ok(!(await has("jwt-hardcoded-secret")));
  await page.reload();
  await page.locator(".notes", { hasText: "turn 1 rule off" }).waitFor();
  await page.evaluate(() => localStorage.clear());
  await page.close();
});
