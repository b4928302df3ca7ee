// From a key to the findings of the new text, and how long the main thread is busy at a stretch while somebody types:
// as the page itself measures it, at full speed and with a processor four times as slow. And how soon a project is
// audited. Run while nothing else does: `npm run alone`.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import { complaints, prepare } from "./harness.mjs";
import { assert_finding, audited, content, findings, line_of, open_from_disk, paste, visit, watch_long_tasks } from "./page.mjs";
import { project, zip } from "./projects.mjs";

const { site, browser } = prepare();

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

/** Milliseconds from the drop to the list with its findings, as the page itself sees them. */
async function time_to_findings(page, file) {
  await page.evaluate(() => {
    window.found = undefined;
    addEventListener("drop", () => (window.dropped = performance.now()), { capture: true });
    const panel = document.querySelector(".findings");
    new MutationObserver(() => {
      const is_new = Number(document.querySelector(".tree-toggle .quiet")?.textContent) > 0;
      const is_done = panel.getAttribute("aria-busy") === "false" && panel.querySelector(".finding[data-rule]");
      if (is_new && is_done) window.found ??= performance.now();
    }).observe(document.body, { attributes: true, childList: true, subtree: true });
  });
  await open_from_disk(page, file);
  await page.waitForFunction(() => window.found);
  return await page.evaluate(() => window.found - window.dropped);
}

// The goals are a second and 50 ms on an idle machine, a third of these limits; what was measured is printed.
const OPENING_ROUNDS = 4;
const SOON_MS = 3_000;
const LONG_TASK_MS = 150;

test("200 files and 2 MB: findings soon, and the page answers all the time", async (context) => {
  const files = project(200);
  const bytes = Object.values(files).join("").length;
  const folder = await mkdtemp(path.join(tmpdir(), "claimcheck-latency-"));
  try {
    const archive = path.join(folder, "shop.zip");
    await writeFile(archive, zip(files));
    const page = await visit(browser, site);
    const complained = complaints(page);
    const asked = site.requests.length;
    let [time, task] = [Infinity, Infinity];
    for (let round = 0; round < OPENING_ROUNDS && (time > SOON_MS / 3 || task > LONG_TASK_MS / 3); round += 1) {
      if (round > 0) await page.getByRole("button", { name: "Start over" }).click();
      await audited(page);
      const longest = await watch_long_tasks(page);
      time = Math.min(time, await time_to_findings(page, archive));
      task = Math.min(task, await longest());
    }
    context.diagnostic(`200 files, ${(bytes / 1e6).toFixed(1)} MB: findings after ${time.toFixed(0)} ms, longest task ${task.toFixed(0)} ms`);
    assert.ok(time < SOON_MS, `${time} ms`);
    assert.ok(task < LONG_TASK_MS, `${task} ms`);
    assert_finding(await findings(page), "object-without-owner-check", line_of(files["app/routers/things_0.py"], "read_thing_0") + 1, "app/routers/things_0.py");
    assert.deepEqual(site.requests.slice(asked), []);
    assert.deepEqual(complained, []);
    await page.close();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
