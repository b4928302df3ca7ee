// Files that the user picks or drops, read here and nowhere else.

/** Larger files are named and left out, as on the command line. */
const LARGEST_FILE = 5_000_000;

/**
 * @param {Iterable<File>} files
 * @returns {Promise<{path: string, text?: string, problem?: "not-python" | "too-large" | "not-utf-8" | "unreadable"}[]>}
 */
export async function read_files(files) {
  const all = await Promise.all(Array.from(files, read_file));
  return all.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function read_file(file) {
  const path = file.webkitRelativePath || file.name;
  if (!/\.pyi?$/i.test(path)) return { path, problem: "not-python" };
  if (file.size > LARGEST_FILE) return { path, problem: "too-large" };
  let bytes;
  try {
    bytes = await file.arrayBuffer();
  } catch {
    return { path, problem: "unreadable" };
  }
  try {
    // The byte-order mark stays: it is part of the file, and columns count it.
    return { path, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { path, problem: "not-utf-8" };
  }
}

/** Opens the browser's file dialog. */
export function pick_files(chosen) {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.accept = ".py,.pyi";
  input.addEventListener("change", () => chosen(input.files));
  input.click();
}

/** Opens the browser's file dialog for a file of settings. */
export function pick_settings(chosen) {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = ".toml";
  input.addEventListener("change", async () => {
    const [file] = input.files;
    if (!file) return;
    const text = file.size > LARGEST_FILE ? undefined : await file.text().catch(() => undefined);
    chosen({ path: file.name, text });
  });
  input.click();
}

/**
 * Files dragged over the page, the editor included: CodeMirror would paste them as text.
 *
 * @param {(over: boolean) => void} hover
 * @param {(files: FileList) => void} dropped
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
    dropped(event.dataTransfer.files);
  });
}
