// axe on every screen, in both themes and at phone width; nothing wider than the screen; everything by keyboard.
import assert from "node:assert/strict";
import { test } from "node:test";

import { violations } from "./axe.mjs";
import { prepare } from "./harness.mjs";
import { choose_example, content, paste, show_routes, visit } from "./page.mjs";

// Colours on their way from one theme to the other have no contrast to speak of: nothing moves here.
const { site, browser } = prepare({ reducedMotion: "reduce" });

const SIZES = {
  wide: { width: 1440, height: 900 },
  middle: { width: 1000, height: 700 },
  phone: { width: 320, height: 700 },
};

/** What can be on the screen: how to get there from the first example. */
const SCREENS = {
  "the list": async () => {},
  "a finding": async (page) => {
    await page.locator(".finding[data-rule]").first().click();
    await page.locator(".documentation").waitFor();
  },
  "the seal": async (page) => {
    await page.getByRole("button", { name: "Sealed" }).click();
    await page.getByRole("button", { name: "Try to break the seal" }).click();
    await page.locator(".attempts li").nth(3).waitFor();
  },
  "the examples": async (page) => {
    await page.getByRole("button", { name: "Examples" }).first().click();
    await page.locator("#examples").waitFor();
  },
  "the settings": async (page) => {
    await page.getByRole("button", { name: "Settings" }).click();
    await page.locator("#settings").waitFor();
  },
  "nothing found": async (page) => {
    await paste(page, "x = 1\n");
    await page.getByRole("heading", { name: "Nothing found" }).waitFor();
  },
  "a syntax error": async (page) => {
    await paste(page, "def broken(:\n    pass\n");
    await page.locator(".notes").waitFor();
  },
  "renaming": async (page) => {
    await page.getByRole("button", { name: "Rename main.py" }).click();
    await page.getByRole("textbox", { name: "New name" }).fill("");
    await page.getByText("A file needs a name").waitFor();
  },
  "no file": async (page) => {
    await page.getByRole("button", { name: "Close main.py" }).click();
    await page.getByRole("heading", { name: "No file is open" }).waitFor();
  },
  "filters that hide all": async (page) => {
    await page.getByRole("button", { name: "Filter findings" }).click();
    await page.getByRole("searchbox", { name: "Words in message, rule or path" }).fill("no such words");
    await page.getByText("The filter hides every finding.").waitFor();
    await page.getByRole("button", { name: "Clear filter" }).click();
    await page.locator('.counts [data-severity="critical"] button').click();
  },
  "the reason to ignore": async (page) => {
    await page.locator(".finding[data-rule]").first().click();
    await page.getByRole("button", { name: "Ignore…" }).click();
    await page.locator(".ignore input").fill("a reason");
  },
  "the routes": async (page) => {
    await show_routes(page);
    await page.locator(".count-switch[data-verdict]").first().click();
    await page.locator(".route-table tbody tr").first().waitFor();
  },
  "the routes as a picture": async (page) => {
    await show_routes(page);
    await page.locator(".count-switch[data-verdict]").first().click();
    await page.getByRole("button", { name: "Picture" }).click();
    await page.getByText("The picture in words").click();
  },
  "no routes": async (page) => {
    await paste(page, "x = 1\n");
    await show_routes(page);
    await page.getByRole("heading", { name: "No routes yet" }).waitFor();
  },
  "the keys": async (page) => {
    await page.getByRole("button", { name: "Keys and help" }).click();
    await page.getByRole("dialog").waitFor();
  },
  "search in the editor": async (page) => {
    await content(page).focus();
    await page.keyboard.press("ControlOrMeta+f");
    await page.locator(".cm-search").waitFor();
  },
};

for (const theme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`axe finds nothing: ${theme}, ${size}`, async () => {
      const page = await visit(browser, site);
      await page.setViewportSize(viewport);
      await page.locator(`.themes input[value="${theme}"]`).check();
      for (const [screen, go] of Object.entries(SCREENS)) {
        await choose_example(page, "todo");
        await go(page);
        assert.deepEqual(await violations(page), [], screen);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        assert.equal(overflow, 0, `${screen} is wider than the screen`);
        await page.keyboard.press("Escape");
        await page.locator('[data-screen="findings"]').click();
      }
      await page.close();
    });
  }
}

test("from paste to repair by keyboard alone", async () => {
  const page = await visit(browser, site);
  await choose_example(page, "todo");
  const focus_on = async (matches, limit = 80) => {
    for (let step = 0; step < limit; step += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(matches)) return;
    }
    assert.fail(`no focus: ${matches}`);
  };
  // Tab leaves the editor: it is no trap.
  await content(page).focus();
  await focus_on(() => document.activeElement.matches(".finding"));
  const rule = await page.evaluate(() => document.activeElement.dataset.rule);
  await page.keyboard.press("Enter");
  await page.locator(".detail dl code", { hasText: rule }).waitFor();
  await focus_on(() => document.activeElement.textContent === "Apply fix");
  const count = await page.locator(".finding[data-rule]").count();
  await page.keyboard.press("Enter");
  await page.waitForFunction((count) => document.querySelectorAll(".finding[data-rule]").length < count, count);
  // What had the focus is gone; it did not fall out of the page.
  assert.ok(await page.evaluate(() => document.activeElement !== document.body));
  await page.close();
});

test("motion is reduced on request", async () => {
  const page = await visit(browser, site);
  const moving = await page.evaluate(() =>
    Array.from(document.querySelectorAll("*")).filter((element) => {
      const { transitionDuration, animationName } = getComputedStyle(element);
      return transitionDuration !== "0s" || animationName !== "none";
    }).length,
  );
  assert.equal(moving, 0);
  await page.close();
});
