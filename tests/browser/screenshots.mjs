// Makes the pictures of the README: `npm run screenshots`, after a build.
import { mkdir } from "node:fs/promises";
import path from "node:path";

import { launchBrowser, serveSite } from "./harness.mjs";
import { choose_example, row, visit } from "./page.mjs";

const FOLDER = path.join(import.meta.dirname, "../../docs/screenshots");

const PICTURES = [
  { name: "light", theme: "light", size: { width: 1280, height: 760 }, rule: "jwt-signature-not-verified" },
  { name: "dark", theme: "dark", size: { width: 1280, height: 760 }, rule: "sql-injection" },
  { name: "phone", theme: "light", size: { width: 360, height: 760 } },
];

await mkdir(FOLDER, { recursive: true });
const site = await serveSite();
const browser = await launchBrowser({ reducedMotion: "reduce" });
try {
  for (const { name, theme, size, rule } of PICTURES) {
    const page = await visit(browser, site);
    await page.setViewportSize(size);
    await choose_example(page, "todo");
    await page.locator(`.themes input[value="${theme}"]`).check();
    await page.getByRole("button", { name: "Dismiss" }).click();
    if (rule) {
      await row(page, rule).click();
      await page.locator(".cm-finding-selected").first().waitFor();
    }
    await page.evaluate(() => document.activeElement.blur());
    await page.screenshot({ path: path.join(FOLDER, `${name}.png`) });
    await page.close();
  }
} finally {
  await browser.close();
  await site.close();
}
