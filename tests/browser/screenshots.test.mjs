// Every screen can be reached and fits its width, in both themes; the pictures lie in target/screenshots.
import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";

import { take } from "./screenshots.mjs";

test("pictures of every screen", async () => {
  const wider = [];
  await take(path.join(import.meta.dirname, "../../target/screenshots"), undefined, async ({ name, page }) => {
    const by = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    if (by > 0) wider.push(`${name}: ${by} px`);
  });
  assert.deepEqual(wider, []);
});
