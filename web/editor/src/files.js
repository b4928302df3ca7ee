// How files come to the page: picked in the browser's dialogs, or dropped. `reading.js` reads them.

/** Settings are a few lines among others. */
export const LARGEST_SETTINGS = 1_000_000;

/**
 * What somebody gave: files, and folders that are still to be looked through.
 *
 * @typedef {{files: File[], folders: FileSystemDirectoryEntry[]}} Given
 */

/** Opens the browser's dialog for files. */
export function pick_files(chosen) {
  pick({ multiple: true, accept: ".py,.pyi,.zip" }, chosen);
}

/** Opens the browser's dialog for a folder. */
export function pick_folder(chosen) {
  pick({ webkitdirectory: true }, chosen);
}

function pick(options, chosen) {
  const input = Object.assign(document.createElement("input"), { type: "file" }, options);
  input.addEventListener("change", () => chosen({ files: Array.from(input.files), folders: [] }));
  input.click();
}

/** Opens the browser's dialog for a file of settings, and gives its path and its text, if it has one. */
export function pick_settings(chosen) {
  pick({ accept: ".toml" }, async ({ files: [file] }) => {
    if (!file) return;
    const text = file.size > LARGEST_SETTINGS ? undefined : await file.text().catch(() => undefined);
    chosen({ path: file.name, text });
  });
}

/**
 * Files dragged over the page, the editor included: CodeMirror would paste them as text.
 *
 * @param {(over: boolean) => void} hover
 * @param {(given: Given) => void} dropped
 */
export function watch_drops(hover, dropped) {
  const has_files = (event) => event.dataTransfer?.types.includes("Files");
  let depth = 0;
  const set_depth = (next) => {
    if (next > 0 !== depth > 0) hover(next > 0);
    depth = Math.max(0, next);
  };
  const listen = (type, handler) =>
    addEventListener(
      type,
      (event) => {
        if (!has_files(event)) return;
        event.preventDefault();
        event.stopPropagation();
        handler(event);
      },
      { capture: true },
    );
  listen("dragenter", () => set_depth(depth + 1));
  listen("dragleave", () => set_depth(depth - 1));
  listen("dragover", (event) => (event.dataTransfer.dropEffect = "copy"));
  listen("drop", (event) => {
    set_depth(0);
    dropped(given_by(event.dataTransfer));
  });
}

/** Has to be asked during the event: afterwards the list is empty. */
function given_by(transfer) {
  const files = [];
  const folders = [];
  for (const item of transfer.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry?.();
    if (entry?.isDirectory) {
      folders.push(entry);
      continue;
    }
    const file = item.getAsFile();
    if (file) files.push(file);
  }
  return { files, folders };
}
