// The seal: from here on the browser refuses every request of this page and of workers it starts.
//
// A document's policies only add up, so a second policy can take away what the first allowed and nothing on the
// page can give it back. A worker started from a Blob inherits the policies in force at that moment: the seal
// comes before the worker.

const POLICY = [
  "default-src 'none'",
  "connect-src 'none'",
  "img-src 'none'",
  "media-src 'none'",
  "font-src 'none'",
  "style-src 'none'",
  // Compiling is still allowed, loading is not.
  "script-src 'wasm-unsafe-eval'",
  "worker-src blob:",
  "manifest-src blob:",
  "frame-src 'none'",
  "form-action 'none'",
  "base-uri 'none'",
].join("; ");

export function seal() {
  const meta = document.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = POLICY;
  document.head.append(meta);
}

/**
 * An address of this very site, so that even a failing seal would tell nobody anything; another one each time. A page
 * from a disk has no site: its addresses are of a name that never leads anywhere (RFC 2606).
 */
let attempts = 0;
const site = () => (location.protocol === "file:" ? "https://claimcheck.invalid/" : document.baseURI);
const new_target = () => new URL(`claimcheck-self-test-${++attempts}`, site()).href;

/** How long a blocked request may take to be reported. */
const PATIENCE_MS = 3000;

/**
 * Tries to break the seal in four ways.
 *
 * An attempt counts as blocked only when the browser itself reports the violation, for just this address: a request
 * that merely fails (no network, no such address) does not.
 *
 * @returns {Promise<{attempt: "fetch" | "image" | "beacon" | "worker-fetch", blocked: boolean, directive: string}[]>}
 */
export async function run_self_test() {
  return [
    await attempt("fetch", (target) => fetch(target, { mode: "no-cors" }).catch(() => {})),
    await attempt("image", (target) => {
      new Image().src = target;
    }),
    await attempt("beacon", (target) => navigator.sendBeacon(target, "self-test")),
    await attempt_in_worker(),
  ];
}

async function attempt(name, act) {
  const target = new_target();
  return await new Promise((resolve) => {
    const finish = (blocked, directive) => {
      document.removeEventListener("securitypolicyviolation", listener);
      clearTimeout(timer);
      resolve({ attempt: name, blocked, directive });
    };
    const listener = (event) => {
      if (event.blockedURI === target) finish(true, event.effectiveDirective);
    };
    const timer = setTimeout(() => finish(false, ""), PATIENCE_MS);
    document.addEventListener("securitypolicyviolation", listener);
    act(target);
  });
}

const WORKER_ATTEMPT = `
addEventListener("securitypolicyviolation", (event) => postMessage(event.effectiveDirective));
onmessage = (event) => fetch(event.data, { mode: "no-cors" }).catch(() => {});
`;

async function attempt_in_worker() {
  const name = "worker-fetch";
  const address = URL.createObjectURL(new Blob([WORKER_ATTEMPT], { type: "text/javascript" }));
  const worker = new Worker(address);
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve({ attempt: name, blocked: false, directive: "" }), PATIENCE_MS);
      worker.onmessage = (event) => {
        clearTimeout(timer);
        resolve({ attempt: name, blocked: true, directive: event.data });
      };
      worker.postMessage(new_target());
    });
  } finally {
    worker.terminate();
    URL.revokeObjectURL(address);
  }
}
