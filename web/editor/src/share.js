// Links that hold the files themselves, in the part of an address that browsers send to nobody.
//
//   #v1.<base64url of a check sum of four bytes and the deflated project>
//   #v1p.<base64url of a salt, an initialisation vector and the same, encrypted with a passphrase>
//
// The project is JSON: {"current": path, "files": [[path, text], …]}. Whoever opens a link may have been sent it by
// anybody: everything about it is bounded and checked before the page sees it.

/** Browsers and servers in between take longer ones, people do not; it is also the most that is looked at. */
export const LONGEST_LINK = 2_000_000;

const MOST_BYTES = 20_000_000;
const MOST_FILES = 2_000;
const LONGEST_PATH = 300;

const ROUNDS = 600_000;
const SALT_BYTES = 16;
const VECTOR_BYTES = 12;
const CHECK_BYTES = 4;

/** What is wrong with a link; the page has words for each. */
class LinkProblem extends Error {}
const problem = (name) => {
  throw new LinkProblem(name);
};

/** Whether this browser and this place (a page over plain HTTP is none) can encrypt. */
export const can_encrypt = () => typeof crypto === "object" && crypto.subtle !== undefined;

/**
 * @param {{current: string, files: {path: string, text: string}[]}} project
 * @param {string} passphrase none when empty
 * @returns {Promise<string>} the address of this page with the project behind it
 */
export async function write_link({ current, files }, passphrase) {
  const project = JSON.stringify({ current, files: files.map(({ path, text }) => [path, text]) });
  const bytes = new TextEncoder().encode(project);
  const packed = joined(check_sum(bytes), await transformed(bytes, new CompressionStream("deflate-raw")));
  const fragment = passphrase ? `v1p.${base64url(await locked(packed, passphrase))}` : `v1.${base64url(packed)}`;
  return `${address()}#${fragment}`;
}

/** This page without what stands behind it. A frame that was written into another page has no address of its own. */
const address = () => (location.protocol === "about:" ? "" : location.href.split(/[?#]/)[0]);

/**
 * Takes a link's part out of the address bar, where it would be read over shoulders and kept in the history.
 *
 * @returns {string | undefined} nothing, when the address holds no link of ours
 */
export function take_fragment() {
  const fragment = location.hash.slice(1);
  if (!/^v\d+p?\./.test(fragment)) return undefined;
  try {
    history.replaceState(history.state, "", address());
  } catch {
    // A frame without an address keeps what it has.
  }
  return fragment;
}

/** @param {(fragment: string) => void} given a link was pasted into the address bar of the open page */
export function watch_fragment(given) {
  addEventListener("hashchange", () => {
    const fragment = take_fragment();
    if (fragment) given(fragment);
  });
}

/**
 * Reads what `take_fragment` gave.
 *
 * @param {string} fragment
 * @param {string | undefined} passphrase
 * @returns {Promise<{kind: "project", current: string, files: {path: string, text: string}[]} | {kind: "locked"} |
 *   {kind: "problem", problem: "too-long" | "version" | "broken" | "too-large" | "names" | "passphrase" | "unsupported"}>}
 */
export async function read_link(fragment, passphrase) {
  try {
    if (fragment.length > LONGEST_LINK) problem("too-long");
    const dot = fragment.indexOf(".");
    const version = fragment.slice(0, dot);
    if (version !== "v1" && version !== "v1p") problem("version");
    if (typeof DecompressionStream === "undefined") problem("unsupported");
    let packed = from_base64url(fragment.slice(dot + 1));
    if (version === "v1p") {
      if (packed.length <= SALT_BYTES + VECTOR_BYTES) problem("broken");
      if (!can_encrypt()) problem("unsupported");
      if (passphrase === undefined) return { kind: "locked" };
      packed = await unlocked(packed, passphrase);
    }
    return { kind: "project", ...project_in(await unpacked(packed)) };
  } catch (error) {
    return { kind: "problem", problem: error instanceof LinkProblem ? error.message : "broken" };
  }
}

async function unpacked(packed) {
  if (packed.length <= CHECK_BYTES) problem("broken");
  const bytes = await transformed(packed.subarray(CHECK_BYTES), new DecompressionStream("deflate-raw"), MOST_BYTES);
  const sum = check_sum(bytes);
  if (sum.some((byte, place) => byte !== packed[place])) problem("broken");
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** The project, when it is one in every part. */
function project_in(text) {
  const { current, files } = JSON.parse(text);
  if (!Array.isArray(files) || files.length === 0) problem("broken");
  if (files.length > MOST_FILES) problem("too-large");
  const paths = new Set();
  const read = files.map((file) => {
    if (!Array.isArray(file) || file.length !== 2 || !file.every((part) => typeof part === "string")) problem("broken");
    const [path, text] = file;
    if (!is_path(path) || paths.has(path)) problem("names");
    paths.add(path);
    return { path, text };
  });
  return { current: paths.has(current) ? current : read[0].path, files: read };
}

/** A relative path of ordinary characters: no way up, nothing that moves the cursor or turns the text around. */
function is_path(path) {
  return (
    path.length <= LONGEST_PATH &&
    !/[\p{Cc}\p{Cs}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\\]/u.test(path) &&
    path.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}

/** All that comes out of a stream; no more than `most` is ever held. */
async function transformed(bytes, stream, most = Infinity) {
  const reader = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  const parts = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      problem("too-large");
    }
    parts.push(value);
  }
  return joined(...parts);
}

function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let place = 0;
  for (const part of parts) {
    whole.set(part, place);
    place += part.length;
  }
  return whole;
}

/** FNV-1a: against links that lost a character, not against people. */
function check_sum(bytes) {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193);
  return new Uint8Array([sum >>> 24, sum >>> 16, sum >>> 8, sum]);
}

function base64url(bytes) {
  let text = "";
  // An argument list holds some ten thousand values.
  for (let place = 0; place < bytes.length; place += 8192) {
    text += String.fromCharCode(...bytes.subarray(place, place + 8192));
  }
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function from_base64url(text) {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) problem("broken");
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (character) => character.charCodeAt(0));
}

async function locked(bytes, passphrase) {
  const salt = crypto.getRandomValues(new Uint8Array(SALT_BYTES));
  const iv = crypto.getRandomValues(new Uint8Array(VECTOR_BYTES));
  const key = await key_of(passphrase, salt);
  return joined(salt, iv, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, bytes)));
}

async function unlocked(bytes, passphrase) {
  const salt = bytes.subarray(0, SALT_BYTES);
  const iv = bytes.subarray(SALT_BYTES, SALT_BYTES + VECTOR_BYTES);
  const key = await key_of(passphrase, salt);
  try {
    const data = bytes.subarray(SALT_BYTES + VECTOR_BYTES);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, data));
  } catch {
    // The cipher cannot tell a wrong passphrase from a link that was changed.
    return problem("passphrase");
  }
}

async function key_of(passphrase, salt) {
  // The same characters, however the keyboard composes them.
  const words = new TextEncoder().encode(passphrase.normalize("NFC"));
  const material = await crypto.subtle.importKey("raw", words, "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  return await crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}
