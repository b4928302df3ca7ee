// The page as its users handle it. Nothing here waits for time to pass, only for what a user would wait for.
import assert from "node:assert/strict";

/** Visits the page and waits until its text is audited. */
export async function visit(browser, site) {
  const page = await browser.context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(site.address);
  await audited(page);
  return page;
}

/** Waits until the findings are those of the text on the screen. */
export async function audited(page) {
  await page.waitForFunction(() => {
    const panel = document.querySelector(".findings");
    return panel?.getAttribute("aria-busy") === "false" && Number(panel.dataset.revision) > 0;
  });
}

/** The findings in the list: rule, file and line of each, in order. */
export async function findings(page) {
  return await page.locator(".finding[data-rule]").evaluateAll((rows) =>
    rows.map(({ dataset }) => ({ rule: dataset.rule, file: dataset.file, line: Number(dataset.line) })),
  );
}

/** The row of a finding. */
export function row(page, rule, line) {
  return page.locator(`.finding[data-rule="${rule}"]` + (line === undefined ? "" : `[data-line="${line}"]`)).first();
}

export function assert_finding(found, rule, lines, file) {
  const lines_of_rule = found.filter((one) => one.rule === rule && (!file || one.file === file)).map(({ line }) => line);
  assert.ok(
    lines_of_rule.some((line) => [lines].flat().includes(line)),
    `${rule} expected at line ${[lines].flat().join(" or ")}, found at ${lines_of_rule.join(", ") || "no line"}`,
  );
}

/** The line, from 1, of the first occurrence of a piece of text. */
export function line_of(text, piece) {
  const at = text.indexOf(piece);
  assert.notEqual(at, -1, `${piece} is not in the text`);
  return text.slice(0, at).split(/\r\n?|\n/).length;
}

export const content = (page) => page.locator(".cm-content");

/** The text of the file on the screen, as Ctrl+A and Ctrl+C take it: line breaks are one character. */
export async function shown_text(page) {
  await content(page).focus();
  await page.keyboard.press("ControlOrMeta+a");
  return await content(page).evaluate((element) => {
    const clipboardData = new DataTransfer();
    element.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true, composed: true }));
    return clipboardData.getData("text/plain");
  });
}

/** Replaces the text of the file on the screen by pasting, as Ctrl+A and Ctrl+V do. */
export async function paste(page, text) {
  await content(page).focus();
  await page.keyboard.press("ControlOrMeta+a");
  await content(page).evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true, composed: true }));
  }, text);
  await audited(page);
}

/** Drops files on the page: an object of names and contents (text, or a list of bytes). */
export async function drop(page, files) {
  await page.evaluate((files) => {
    const dataTransfer = new DataTransfer();
    for (const [name, content] of Object.entries(files)) {
      const bytes = typeof content === "string" ? content : new Uint8Array(content);
      dataTransfer.items.add(new File([bytes], name));
    }
    for (const type of ["dragenter", "dragover", "drop"]) {
      document.querySelector("main").dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }, files);
  await page.locator(".notice", { hasText: /opened|left out/ }).waitFor();
  await audited(page);
}

/** Drops files and folders of this machine on the page, as the browser itself does. */
export async function drop_from_disk(page, ...files) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"]) {
    await session.send("Input.dispatchDragEvent", { type, x: 200, y: 300, data });
  }
  await session.detach();
}

/** Drops, waits for the end of the audit, and gives what the page said. */
export async function open_from_disk(page, ...files) {
  // What was said of the files before is not what is waited for.
  const dismiss = page.locator(".notice").getByRole("button", { name: "Dismiss" });
  if (await dismiss.count()) {
    await dismiss.click();
  }
  await drop_from_disk(page, ...files);
  const notice = page.locator(".notice p", { hasText: /opened/ });
  await notice.waitFor();
  const said = await notice.textContent();
  await audited(page);
  return said;
}

/** Chooses an example by its name in `web/src/examples.rs`. */
export async function choose_example(page, id) {
  await page.getByRole("button", { name: "Examples" }).first().click();
  await page.locator(`[data-example="${id}"]`).click();
  await page.locator(`[data-example="${id}"]`).waitFor({ state: "hidden" });
  await audited(page);
}

/** Opens the map of routes and waits until it is about the text on the screen. */
export async function show_routes(page) {
  await page.locator('[data-screen="routes"]').click();
  await routes_read(page);
}

export async function routes_read(page) {
  await audited(page);
  await page.waitForFunction(() => {
    const map = document.querySelector(".route-map:not([hidden])");
    return map?.getAttribute("aria-busy") === "false" && map.dataset.revision === document.querySelector(".findings").dataset.revision;
  });
}

/** What the page's main thread was busy with at a stretch, from now on; in milliseconds. */
export async function watch_long_tasks(page) {
  await page.evaluate(() => {
    window.long_tasks = [];
    window.watcher?.disconnect();
    window.watcher = new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.long_tasks.push(duration);
    });
    window.watcher.observe({ type: "longtask" });
  });
  return async () => Math.max(0, ...(await page.evaluate(() => window.long_tasks)));
}

/** What is underlined in the editor, line by line: the findings' own characters. */
export async function underlined(page) {
  return await page.locator(".cm-line").evaluateAll((lines) =>
    lines
      .map((line) => Array.from(line.querySelectorAll(".cm-finding"), (mark) => mark.textContent).join(""))
      .filter((text) => text !== ""),
  );
}

/** The open files, and which one is shown. */
export async function open_files(page) {
  return {
    names: await page.locator(".file-name .path").allTextContents(),
    shown: await page.locator('.file-name[aria-current="true"] .path').textContent(),
  };
}
