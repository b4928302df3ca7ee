// The copy of the site that the browser keeps: see `web/site/service_worker.js`. Everything that asks the network is
// done before the seal, and none of it is needed: in frames, from a file or where storage is forbidden, the page works
// as well without.

import { forget_storage, read_storage } from "./storage.js";

const SWITCH = "claimcheck.offline";
/** Stands in the storage of the tab from the moment at which the user wants the new version. */
const UPDATE_WANTED = "claimcheck.update";

/** How long the seal waits for the copy. */
const COPY_PATIENCE_MS = 10_000;
/** How long it waits for the answer whether there is a new version. */
const ASK_PATIENCE_MS = 3_000;

let state = "unsupported";

/** @returns {"unsupported" | "off" | "failed" | "kept" | "update"} what `prepare_offline` came to */
export const offline_state = () => state;

/** Keeps a copy of the site, or looks whether there is a newer one than that which is kept. */
export async function prepare_offline() {
  try {
    state = await prepare();
  } catch {
    state = "failed";
  }
  return state;
}

async function prepare() {
  const own = document.querySelector('meta[name="service-worker"]')?.content;
  if (!own || !isSecureContext || window.top !== window || !navigator.serviceWorker) return "unsupported";
  if (read_storage(SWITCH) === "off") return "off";
  const before = await navigator.serviceWorker.getRegistration();
  const is_own = before?.active?.scriptURL === new URL(own, document.baseURI).href;
  if (!is_own) return (await install(own)) ? "kept" : "failed";

  // Afterwards the script is fresh in the browser's own cache: when the browser looks for a new one, which it does a
  // second after each visit, it need not ask the server.
  const [newest] = await Promise.all([newest_version(), patient(before.update(), ASK_PATIENCE_MS).catch(() => {})]);
  if (!newest || newest === own) return "kept";
  if (!take_update_wish()) return "update";
  if (!(await install(newest))) return "update";
  location.reload();
  return await new Promise(() => {});
}

/** The name of the newest service worker; nothing without a network. */
async function newest_version() {
  try {
    const response = await fetch("version.json", { cache: "no-store", signal: AbortSignal.timeout(ASK_PATIENCE_MS) });
    const { serviceWorker } = await response.json();
    return /^service-worker-[0-9a-f]+\.js$/.test(serviceWorker) ? serviceWorker : undefined;
  } catch {
    return undefined;
  }
}

/** Says whether the copy is whole. One that takes too long is given up: after the seal nothing may be on its way. */
async function install(script) {
  const registration = await patient(navigator.serviceWorker.register(script, { updateViaCache: "all" }), COPY_PATIENCE_MS);
  const worker = registration.installing;
  if (!worker) return true;
  const activated = new Promise((resolve) => {
    const look = () => ["activated", "redundant"].includes(worker.state) && resolve(worker.state === "activated");
    worker.addEventListener("statechange", look);
    look();
  });
  try {
    return await patient(activated, COPY_PATIENCE_MS);
  } catch {
    await registration.unregister();
    return false;
  }
}

function patient(promise, milliseconds) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("it took too long")), milliseconds);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function take_update_wish() {
  const wanted = sessionStorage.getItem(UPDATE_WANTED) !== null;
  sessionStorage.removeItem(UPDATE_WANTED);
  return wanted;
}

/** Loads the page again, with the new version. */
export function load_update() {
  try {
    sessionStorage.setItem(UPDATE_WANTED, "");
  } catch {
    // Then it is offered once more.
  }
  location.reload();
}

/** Deletes the copy and stops keeping one. */
export async function forget_copy() {
  try {
    const registration = await navigator.serviceWorker?.getRegistration();
    const prefix = registration && `claimcheck ${registration.scope} `;
    await registration?.unregister();
    const names = await caches.keys();
    await Promise.all(names.filter((name) => prefix && name.startsWith(prefix)).map((name) => caches.delete(name)));
    state = "off";
  } catch {
    // There is none where these do not exist.
  }
}

/** Deletes everything that this page has left in the browser. */
export async function forget_everything() {
  forget_storage();
  await forget_copy();
}
