// Names of files that others chose.

/** Longer ones are nobody's, and cost everyone who draws them. */
const LONGEST_PATH = 1_000;

/** Control characters, and those that turn the direction of what follows: a name made of them shows as another one. */
const HIDDEN = /[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/**
 * A path as the page uses it: with "/", and with what nobody would see spelled out.
 *
 * @returns {{path: string} | {problem: "unsafe-name" | "long-name"}}
 */
export function read_path(name) {
  if (name.length > LONGEST_PATH) return { problem: "long-name" };
  const path = name.replaceAll("\\", "/");
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  // From the root of a disk, or climbing out of its folder.
  if (/^(?:\/|[a-z]:)/i.test(path) || parts.includes("..") || parts.length === 0) return { problem: "unsafe-name" };
  return { path: visible(parts.join("/")) };
}

/** The name with what nobody would see spelled out. */
export function visible(name) {
  return name.replace(HIDDEN, (hidden) => `⟨U+${hidden.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`);
}

export const is_python = (name) => /\.pyi?$/i.test(name);

export const is_zip = (name) => /\.zip$/i.test(name);

const TOOL_FOLDERS = [".git", ".hg", ".svn", "__pycache__", "__MACOSX"];
const PACKAGE_FOLDERS = ["node_modules", "site-packages"];

/** The file by which Python tells a virtual environment. */
export const ENVIRONMENT_MARK = "pyvenv.cfg";

/** Why a folder of this name is left out, as on the command line; `undefined` for others. */
export function foreign_folder(name) {
  if (TOOL_FOLDERS.includes(name)) return "tool-folder";
  if (PACKAGE_FOLDERS.includes(name)) return "packages";
  return undefined;
}
