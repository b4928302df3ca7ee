// From a key to the findings of the new text, and how long the main thread is busy at a stretch while somebody types:
// as the page itself measures it, at full speed and with a processor four times as slow.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";

import { launchBrowser, serveSite } from "./harness.mjs";
import { audited, content, paste, visit } from "./page.mjs";

let site;
let browser;

before(async () => {
  site = await serveSite();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await site?.close();
});

const KEYS = 60;

/** Others may use the machine's cores, too: the best of these rounds counts. */
const ROUNDS = 3;

/** Makes the page take the time from each key to the drawing of its findings, and note tasks over 50 ms. */
async function take_times(page) {
  await page.evaluate(() => {
    window.times = [];
    window.long_tasks = [];
    new PerformanceObserver((list) => window.long_tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
    let pressed = 0;
    addEventListener("keydown", (event) => (pressed = event.timeStamp), { capture: true });
    const panel = document.querySelector(".findings");
    new MutationObserver(() => {
      if (panel.getAttribute("aria-busy") === "false") window.times.push(performance.now() - pressed);
    }).observe(panel, { attributes: true, attributeFilter: ["data-revision"] });
  });
}

/** Times of some keys in milliseconds, sorted. */
async function keystrokes(page) {
  await page.evaluate(() => {
    window.times = [];
    window.long_tasks = [];
  });
  await content(page).focus();
  await page.keyboard.press("ControlOrMeta+End");
  for (let key = 0; key < KEYS; key += 1) {
    await page.keyboard.press(key % 8 === 7 ? "Enter" : "abcdefg"[key % 8]);
    await page.waitForFunction((count) => window.times.length >= count, key + 1);
  }
  const { times, long_tasks } = await page.evaluate(() => ({ times: window.times, long_tasks: window.long_tasks }));
  return { times: times.sort((a, b) => a - b), longest_task: Math.max(0, ...long_tasks) };
}

const service = await readFile(path.join(import.meta.dirname, "../bench/todo_service.py"), "utf8");

// The goals are half of these limits, at full speed; what was measured is printed.
const CASES = [
  { lines: 300, slower: 1, limit: 100 },
  { lines: 2_000, slower: 1, limit: 200 },
  { lines: 300, slower: 4, limit: 400 },
  { lines: 2_000, slower: 4, limit: 800 },
];

for (const { lines, slower, limit } of CASES) {
  const name = slower === 1 ? `${lines} lines` : `${lines} lines, ${slower} times slower`;
  test(`${name}: findings follow each key`, async (context) => {
    const page = await visit(browser, site);
    const copies = Math.ceil(lines / service.split("\n").length);
    await paste(page, Array(copies).fill(service).join("\n\n"));
    await audited(page);
    await take_times(page);
    const session = await page.context().newCDPSession(page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: slower });
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { times, longest_task } = await keystrokes(page);
      const at = (share) => times[Math.floor((times.length - 1) * share)];
      rounds.push({ median: at(0.5), p95: at(0.95), worst: at(1), longest_task });
      if (at(0.95) < limit / 2) break;
    }
    const { median, p95, worst, longest_task } = rounds.reduce((best, round) => (round.p95 < best.p95 ? round : best));
    const shown = (time) => `${time.toFixed(1)} ms`;
    // The browser reports tasks from 50 ms on.
    const task = longest_task === 0 ? "under 50 ms" : shown(longest_task);
    context.diagnostic(`${name}: median ${shown(median)}, p95 ${shown(p95)}, worst ${shown(worst)}, longest main-thread task ${task}`);
    assert.ok(p95 < limit, `p95 ${shown(p95)}`);
    await page.close();
  });
}
