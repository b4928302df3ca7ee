// Reading what somebody gave: files, folders, archives. Nothing here holds the page up, and everything can be cancelled.

import { LARGEST_SETTINGS } from "./files.js";
import { ENVIRONMENT_MARK, foreign_folder, is_python, is_zip, read_path, visible } from "./names.js";
import { breathe } from "./pace.js";
import { ZipProblem, members, unpack } from "./zip.js";

/** What is stated in the page; `web/src/strings` says the same. */
const MOST_FILES = 2_000;
const MOST_BYTES = 50 * 1024 * 1024;
/** Larger files are named and left out, as on the command line. */
const LARGEST_FILE = 5 * 1024 * 1024;

/** Of each reason this many names are kept, and the number of all. */
const MOST_NAMES = 200;
const MOST_MEMBERS = 65_535;
const AT_ONCE = 8;
const PROGRESS_EVERY_MS = 100;

/**
 * A file that may be read.
 *
 * `size` is what its folder or archive says, if it says anything.
 *
 * @typedef {{name: string, is_loose: boolean, size?: number,
 *   read: (count: (bytes: number) => void) => Promise<Uint8Array>}} Candidate
 */

/**
 * @typedef {{project: string | null, paths: string[], left_out: {reason: string, count: number, names: string[]}[],
 *   settings: {path: string, text: string} | null}} Result
 */

class Cancelled extends Error {}

export class Reading {
  /**
   * Begins at once.
   *
   * @param {import("./files.js").Given} given
   * @param {(done: number, all: number) => void} progress `all` is 0 as long as nobody knows
   */
  constructor(given, progress) {
    this.given = given;
    this.progress = progress;
    this.last_progress = 0;
    this.is_cancelled = false;
    /** What was read, by path. @type {Map<string, string>} */
    this.texts = new Map();
    this.left_out = new LeftOut();
    /** @type {Candidate[]} */
    this.candidates = [];
    /** Files of settings by their paths. @type {Map<string, Candidate>} */
    this.settings = new Map();
    this.seen = 0;
    /** Bytes that were read or unpacked. */
    this.bytes = 0;
    /** The name of the one folder or archive. */
    this.project = null;
    /** Resolves to nothing when it was cancelled. @type {Promise<Result | undefined>} */
    this.done = this.run().catch((error) => {
      if (error instanceof Cancelled) return undefined;
      throw error;
    });
  }

  cancel() {
    this.is_cancelled = true;
  }

  async run() {
    const { files, folders } = this.given;
    const listed = files.filter((file) => file.webkitRelativePath);
    const loose = files.filter((file) => !file.webkitRelativePath);
    const archives = loose.filter((file) => is_zip(file.name));
    const roots = [...folders.map(({ name }) => name), ...archives.map(({ name }) => without_zip(name))];
    if (listed.length > 0) roots.push(listed[0].webkitRelativePath.split("/", 1)[0]);
    if (roots.length > 0) this.project = roots.length === 1 ? visible(roots[0]) : "";

    for (const folder of folders) await this.look_through(folder);
    await this.list(listed.map((file) => from_file(file.webkitRelativePath, false, file)));
    for (const archive of archives) await this.open_archive(archive, roots.length > 1 || loose.length > archives.length);
    for (const file of loose) if (!is_zip(file.name)) this.consider(from_file(file.name, true, file));

    const chosen = this.choose();
    await this.read_all(chosen);
    const strip = this.common_folder();
    return {
      project: this.project,
      paths: this.finish(strip),
      left_out: this.left_out.groups(),
      settings: await this.read_settings(strip),
    };
  }

  /** Gives the page time to breathe, hears whether it is cancelled, and tells how far it is. */
  async pause(done, all) {
    await breathe();
    if (this.is_cancelled) throw new Cancelled();
    const now = performance.now();
    if (now - this.last_progress < PROGRESS_EVERY_MS) return;
    this.last_progress = now;
    this.progress(done, all);
  }

  /** Looks through a dropped folder; what is foreign is not even opened. */
  async look_through(top) {
    const folders = [{ folder: top, path: top.name }];
    while (folders.length > 0) {
      const { folder, path } = folders.pop();
      let entries;
      try {
        entries = await this.entries(folder);
      } catch (error) {
        if (error instanceof Cancelled) throw error;
        this.left_out.add("unreadable", path);
        continue;
      }
      if (folder !== top && entries.some((entry) => entry.isFile && entry.name === ENVIRONMENT_MARK)) {
        this.left_out.add("environment", `${path}/`);
        continue;
      }
      for (const entry of entries) {
        const name = `${path}/${entry.name}`;
        const reason = entry.isDirectory ? foreign_folder(entry.name) : undefined;
        if (reason) this.left_out.add(reason, `${name}/`);
        else if (entry.isDirectory) folders.push({ folder: entry, path: name });
        else this.consider(from_entry(name, entry));
      }
    }
  }

  async entries(folder) {
    const reader = folder.createReader();
    const all = [];
    for (;;) {
      // A reader gives some at a time, and none in the end.
      const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
      if (some.length === 0) return all;
      for (const entry of some) all.push(entry);
      this.seen += some.length;
      await this.pause(this.seen, 0);
    }
  }

  /** Takes the files of a project whose names are all known. */
  async list(candidates) {
    const environments = new Set();
    for (const { name } of candidates) {
      if (!name.endsWith(`/${ENVIRONMENT_MARK}`)) continue;
      const folder = name.slice(0, -ENVIRONMENT_MARK.length);
      // A folder that holds everything is what was meant.
      if (!candidates.every((other) => other.name.startsWith(folder))) environments.add(folder.slice(0, -1));
    }
    for (const candidate of candidates) {
      const foreign = foreign_part(candidate.name, environments);
      if (foreign) this.left_out.add(foreign.reason, foreign.folder);
      else this.consider(candidate);
      this.seen += 1;
      if (this.seen % 256 === 0) await this.pause(this.seen, 0);
    }
  }

  async open_archive(archive, has_company) {
    const prefix = has_company ? `${without_zip(archive.name)}/` : "";
    let directory;
    try {
      directory = await members(archive);
      if (directory.length > MOST_MEMBERS) throw new ZipProblem("unsupported");
    } catch (error) {
      this.left_out.add(error instanceof ZipProblem ? `zip-${error.problem}` : "unreadable", archive.name);
      return;
    }
    const candidates = [];
    for (const member of directory) {
      if (member.is_folder) continue;
      if (member.is_link) this.left_out.add("link", prefix + member.name);
      else candidates.push(from_member(prefix + member.name, archive, member));
    }
    await this.list(candidates);
  }

  /** Keeps a file if it is one to read, and else says why not. */
  consider(candidate) {
    const { name, is_loose } = candidate;
    const { path, problem } = read_path(name);
    const base = name.slice(name.lastIndexOf("/") + 1);
    if (is_python(name) && !base.startsWith("._")) {
      if (problem) this.left_out.add(problem, name.slice(0, 200));
      else this.candidates.push({ ...candidate, path, is_respelled: path !== name.replaceAll("\\", "/") });
    } else if (is_zip(name)) {
      this.left_out.add("nested-zip", name);
    } else {
      if (!is_loose && path && /(?:^|\/)(?:pyproject|claimcheck)\.toml$/.test(path)) this.settings.set(path, candidate);
      this.left_out.add("not-python", name);
    }
  }

  /** The files to read, in the order of their names: each name once, and not too many. */
  choose() {
    this.candidates.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
    const chosen = [];
    let bytes = 0;
    for (const candidate of this.candidates) {
      const { path, size = 0 } = candidate;
      if (path === chosen.at(-1)?.path) this.left_out.add("duplicate", path);
      else if (chosen.length === MOST_FILES) this.left_out.add("too-many", path);
      else if (size > LARGEST_FILE) this.left_out.add("too-large", path);
      // What comes out is counted again: see `read`.
      else if (bytes + size > MOST_BYTES) this.left_out.add("too-much", path);
      else {
        chosen.push(candidate);
        bytes += size;
      }
    }
    return chosen;
  }

  async read_all(chosen) {
    let next = 0;
    let done = 0;
    const texts = new Array(chosen.length);
    const read_some = async () => {
      while (next < chosen.length) {
        const index = next;
        next += 1;
        texts[index] = await this.read(chosen[index]);
        done += 1;
        await this.pause(done, chosen.length);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, read_some));
    chosen.forEach(({ path, is_respelled }, index) => {
      if (texts[index] === undefined) return;
      this.texts.set(path, texts[index]);
      if (is_respelled) this.left_out.add("respelled", path);
    });
  }

  /** The text of a file, or nothing when it has none. */
  async read({ path, read }) {
    let own = 0;
    const count = (bytes) => {
      own += bytes;
      this.bytes += bytes;
      if (this.is_cancelled) throw new Cancelled();
      if (own > LARGEST_FILE) throw new ZipProblem("too-large");
      if (this.bytes > MOST_BYTES) throw new ZipProblem("too-much");
    };
    try {
      if (this.bytes >= MOST_BYTES) throw new ZipProblem("too-much");
      const bytes = await read(count);
      // The byte-order mark stays: it is part of the file, and columns count it.
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch (error) {
      if (error instanceof Cancelled) throw error;
      const problem = error instanceof ZipProblem ? error.problem : error instanceof TypeError ? "not-utf-8" : "unreadable";
      this.left_out.add(problem, path);
      return undefined;
    }
  }

  /**
   * The folder around everything, with its slash, when it is but the place where the project lies: its own paths begin
   * below, as on the command line. A folder that is a package is part of the imports and stays.
   */
  common_folder() {
    const [first] = this.texts.keys();
    const end = first?.indexOf("/") ?? -1;
    if (this.project === null || end < 0) return "";
    const folder = first.slice(0, end + 1);
    const name = first.slice(0, end);
    for (const path of this.texts.keys()) if (!path.startsWith(folder)) return "";
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name)) return folder;
    if (this.texts.has(`${folder}__init__.py`)) return "";
    const imported = new RegExp(`^[ \\t]*(?:from|import)[ \\t]+${name}\\b`, "m");
    for (const text of this.texts.values()) if (imported.test(text)) return "";
    return folder;
  }

  /** The paths of all texts, without the folder around them. */
  finish(strip) {
    if (strip !== "") {
      this.texts = new Map(Array.from(this.texts, ([path, text]) => [path.slice(strip.length), text]));
    }
    return Array.from(this.texts.keys());
  }

  /** The settings at the top of the project that speak of Claimcheck. */
  async read_settings(strip) {
    for (const name of ["claimcheck.toml", "pyproject.toml"]) {
      const candidate = this.settings.get(strip + name);
      if (!candidate) continue;
      let bytes = 0;
      try {
        const read = await candidate.read((some) => {
          bytes += some;
          if (bytes > LARGEST_SETTINGS) throw new ZipProblem("too-large");
        });
        const text = new TextDecoder("utf-8", { fatal: true }).decode(read);
        if (text.includes("claimcheck")) return { path: name, text };
      } catch {
        // What cannot be read sets nothing.
      }
    }
    return null;
  }
}

/** What is left out, by reason: all are counted, some are named. */
class LeftOut {
  constructor() {
    /** @type {Map<string, {count: number, names: Set<string>}>} */
    this.by_reason = new Map();
  }

  add(reason, name) {
    let group = this.by_reason.get(reason);
    if (!group) this.by_reason.set(reason, (group = { count: 0, names: new Set() }));
    const is_folder = name.endsWith("/");
    // A folder is named by each file in it, and counts once.
    if (is_folder && group.names.has(name)) return;
    group.count += 1;
    if (is_folder || group.names.size < MOST_NAMES) group.names.add(name);
  }

  groups() {
    return Array.from(this.by_reason, ([reason, { count, names }]) => ({
      reason,
      count,
      names: Array.from(names).slice(0, MOST_NAMES).map(visible),
    }));
  }
}

function from_file(name, is_loose, file) {
  const read = async (count) => {
    count(file.size);
    return new Uint8Array(await file.arrayBuffer());
  };
  return { name, is_loose, size: file.size, read };
}

function from_entry(name, entry) {
  const read = async (count) => {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    count(file.size);
    return new Uint8Array(await file.arrayBuffer());
  };
  return { name, is_loose: false, read };
}

function from_member(name, archive, member) {
  return { name, is_loose: false, size: member.size, read: (count) => unpack(archive, member, count) };
}

/** The outermost folder around a file that is not the project's own. */
function foreign_part(name, environments) {
  for (let end = name.indexOf("/"); end >= 0; end = name.indexOf("/", end + 1)) {
    const folder = name.slice(0, end);
    const reason = environments.has(folder) ? "environment" : foreign_folder(folder.slice(folder.lastIndexOf("/") + 1));
    if (reason) return { reason, folder: `${folder}/` };
  }
  return undefined;
}

const without_zip = (name) => name.replace(/\.zip$/i, "");
