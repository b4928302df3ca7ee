// Local storage, which is allowed to be missing: in sandboxed frames and private windows every access throws.

/** @returns {string | undefined} */
export function read_storage(key) {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** @returns {boolean} whether the value is stored */
export function write_storage(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

/**
 * What `Editor.session` wrote; `undefined` when it is anything else, which another version may have left there.
 */
export function read_session(text) {
  try {
    const { current, files } = JSON.parse(text);
    const whole = ({ path, text, original }) =>
      typeof path === "string" && typeof text === "string" && ["string", "undefined"].includes(typeof original);
    if (typeof current === "string" && Array.isArray(files) && files.every(whole)) return { current, files };
  } catch {
    // Not ours.
  }
  return undefined;
}

/** The last moment at which a page can store something. */
export function watch_leaving(leaving) {
  addEventListener("pagehide", () => leaving());
}
