// Pictures of every screen, in both themes and at the width of a phone. `npm run screenshots`, after a build, makes
// those of the README; the test run makes them all again, to be looked at.
import { mkdir, readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { launchBrowser, serveSite } from "./harness.mjs";
import { choose_example, drop, row, show_routes, visit } from "./page.mjs";

const PROJECT = new URL("../fixtures/projects/better_auth_tasks_safe/", import.meta.url);
const FILES = ["auth.py", "config.py", "db.py", "main.py", "models.py", "routes/tasks.py"];

const WIDE = { width: 1280, height: 760 };
const PHONE = { width: 360, height: 760 };

/** By the end of the pictures' names. */
const SIZES = { wide: WIDE, phone: PHONE };
const THEMES = ["light", "dark"];

const button = (page, name) => page.getByRole("button", { name, exact: true });

/** How to get to each screen from the first example. */
const SCREENS = {
  async findings(page, size, theme) {
    if (size === "wide") {
      await row(page, theme === "dark" ? "sql-injection" : "jwt-signature-not-verified").click();
      await page.locator(".cm-finding-selected").first().waitFor();
    }
    await page.evaluate(() => document.activeElement.blur());
  },
  async finding(page) {
    await row(page, "jwt-signature-not-verified").click();
    await page.locator(".documentation").waitFor();
    await page.locator(".detail").evaluate((detail) => detail.scrollIntoView());
  },
  async filter(page) {
    await button(page, "Filter findings").click();
    await page.locator('.counts [data-severity="critical"] button').click();
    await page.locator(".findings").evaluate((list) => list.scrollIntoView());
  },
  async ignore(page) {
    await row(page, "jwt-signature-not-verified").click();
    await button(page, "Ignore…").click();
    await page.locator(".ignore input").fill("the gateway has verified it");
  },
  async routes(page) {
    await drop(page, await project());
    await button(page, "Dismiss").click();
    await show_routes(page);
  },
  async picture(page) {
    await drop(page, await project());
    await button(page, "Dismiss").click();
    await show_routes(page);
    await button(page, "Picture").click();
  },
  async keys(page) {
    await button(page, "Keys and help").click();
    await page.getByRole("dialog").waitFor();
  },
  async fixes(page) {
    await button(page, "Fix all").click();
    await page.getByRole("dialog").waitFor();
  },
  async export(page) {
    await button(page, "Export").click();
    await page.getByRole("dialog").waitFor();
  },
  async share(page) {
    await button(page, "Share").click();
    await page.getByRole("dialog").waitFor();
  },
  async settings(page) {
    await button(page, "Settings").click();
    await page.locator("#settings").waitFor();
  },
  async seal(page) {
    await button(page, "Sealed").click();
    await button(page, "Try to break the seal").click();
    await page.locator(".attempts li").nth(3).waitFor();
  },
};

/** What the README shows. */
const OF_README = ["findings", "routes", "picture", "fixes"];

/**
 * Makes the pictures of some screens.
 *
 * @param {string} folder
 * @param {(picture: {name: string, page: import("playwright-core").Page}) => Promise<void>} [look_at]
 */
export async function take(folder, screens = Object.keys(SCREENS), look_at = async () => {}) {
  await mkdir(folder, { recursive: true });
  const site = await serveSite();
  const browser = await launchBrowser({ reducedMotion: "reduce" });
  try {
    for (const screen of screens) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        const page = await visit(browser, site);
        await page.setViewportSize(viewport);
        await choose_example(page, "todo");
        await button(page, "Dismiss").click();
        for (const theme of THEMES) {
          // The page follows the system until somebody chooses.
          await page.emulateMedia({ colorScheme: theme });
          if (theme === "light" || screen === "findings") await SCREENS[screen](page, size, theme);
          const look = size === "wide" ? theme : theme === "dark" ? "phone-dark" : "phone";
          // The first ones have had their names for as long as the README shows them.
          const name = screen === "findings" ? look : `${screen}-${look}`;
          await page.screenshot({ path: path.join(folder, `${name}.png`) });
          await look_at({ name, page });
        }
        await page.close();
      }
    }
  } finally {
    await browser.close();
    await site.close();
  }
}

async function project() {
  const read = async (name) => [name, await readFile(new URL(name, PROJECT), "utf8")];
  return Object.fromEntries(await Promise.all(FILES.map(read)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await take(path.join(import.meta.dirname, "../../docs/screenshots"), OF_README);
}
