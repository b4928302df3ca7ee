// Local storage, which is allowed to be missing: in sandboxed frames and private windows every access throws.

const OURS = "claimcheck.";
const KEEP_NOTHING = "claimcheck.keep-nothing";

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
    if (localStorage.getItem(KEEP_NOTHING) !== null) return false;
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

export function remove_storage(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing can be stored.
  }
}

/** Deletes everything that the page has stored, except that it is to keep nothing. */
export function forget_storage() {
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(OURS) && key !== KEEP_NOTHING) localStorage.removeItem(key);
    }
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith(OURS)) sessionStorage.removeItem(key);
    }
  } catch {
    // Nothing can be stored, so nothing is.
  }
}

export function keeps_nothing() {
  return read_storage(KEEP_NOTHING) !== undefined;
}

/** Whether something stays in the browser between visits. The wish that nothing stays is the one thing that does. */
export function keep_nothing(wish) {
  try {
    if (wish) localStorage.setItem(KEEP_NOTHING, "");
    else localStorage.removeItem(KEEP_NOTHING);
  } catch {
    // Nothing can be stored.
  }
  if (wish) forget_storage();
}

/**
 * What `Editor.session` wrote; `undefined` when it is anything else, which another version may have left there.
 */
export function read_session(text) {
  try {
    const { current, files, too_large } = JSON.parse(text);
    if (Number.isInteger(too_large)) return { current: "", files: [], too_large };
    const whole = ({ path, text, original }) =>
      typeof path === "string" && typeof text === "string" && ["string", "undefined"].includes(typeof original);
    if (typeof current === "string" && Array.isArray(files) && files.every(whole)) {
      return { current, files, too_large: 0 };
    }
  } catch {
    // Not ours.
  }
  return undefined;
}

const KEPT_KEY = "claimcheck.before-links";
const MOST_KEPT = 3;

/** Sessions whose place was taken by links, the newest first. */
function kept() {
  try {
    const sessions = JSON.parse(read_storage(KEPT_KEY) ?? "[]");
    return Array.isArray(sessions) ? sessions.filter((session) => typeof session === "string") : [];
  } catch {
    return [];
  }
}

/** Keeps a session that a link takes the place of. Where storage is full, the older ones give way. */
export function keep_session(session) {
  const sessions = [session, ...kept().filter((other) => other !== session)].slice(0, MOST_KEPT);
  while (sessions.length > 0 && !write_storage(KEPT_KEY, JSON.stringify(sessions))) sessions.pop();
}

export function kept_sessions() {
  return kept().length;
}

/** @returns {string | undefined} the newest of them, which is not kept any longer */
export function take_kept_session() {
  const [newest, ...others] = kept();
  if (newest !== undefined) write_storage(KEPT_KEY, JSON.stringify(others));
  return newest;
}

/** The last moment at which a page can store something. */
export function watch_leaving(leaving) {
  addEventListener("pagehide", () => leaving());
}
