// The auditor's worker: its parts are loaded before the seal, it is started after.

/* global WORKER_LOOP */

/**
 * Loads what a worker needs; nothing is requested after this.
 *
 * @returns {Promise<{glue: string, module: WebAssembly.Module}>}
 */
export async function load_auditor() {
  const [glue, module] = await Promise.all([load_text("auditor-glue"), load_module("auditor-module")]);
  return { glue, module };
}

/**
 * In the site these are links whose addresses carry a hash that only the build knows. In the single file they are the
 * contents themselves, compressed: see `web/single_file.mjs`.
 */
async function load(id) {
  const element = document.getElementById(id);
  if (element instanceof HTMLScriptElement) return await inflate(element.textContent);
  const address = element.href;
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} answered ${response.status}`);
  return response;
}

async function load_text(id) {
  return await (await load(id)).text();
}

async function load_module(id) {
  const response = await load(id);
  const streams = response.headers.get("content-type")?.startsWith("application/wasm");
  return streams
    ? await WebAssembly.compileStreaming(response)
    : await WebAssembly.compile(await response.arrayBuffer());
}

/** @returns {Response} what gzip and base64 have packed */
export function inflate(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}

/**
 * Starts a worker from a Blob, which binds it to the policies of this page, the seal included.
 *
 * @param {{glue: string, module: WebAssembly.Module}} parts
 * @param {{ready: (rules: object) => void,
 *   report: (revision: number, report: object, routes: object | undefined, milliseconds: number) => void,
 *   failed: (reason: string) => void}} events after `failed` the worker is of no use any more
 * @returns {Worker}
 */
export function start_worker(parts, events) {
  const address = URL.createObjectURL(new Blob([parts.glue, "\n;", WORKER_LOOP], { type: "text/javascript" }));
  const worker = new Worker(address, { name: "auditor" });
  // Once the script runs, nobody needs its address.
  worker.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  worker.onmessage = ({ data }) => {
    if (data.kind === "answer") answered(worker, data);
    else if (data.kind === "ready") events.ready(data.rules);
    else if (data.kind === "report") events.report(data.revision, data.report, data.routes, data.milliseconds);
    else events.failed(data.reason);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    events.failed(event.message ?? "");
  };
  worker.onmessageerror = () => events.failed("");
  worker.postMessage({ kind: "start", module: parts.module });
  return worker;
}

/** What each worker was asked and has not answered, by number: how to go on with the answer. */
const waiting = new WeakMap();
let asked = 0;

/**
 * Asks a worker about its last report: see `questions` in worker_loop.js.
 *
 * @param {Worker} worker
 * @param {{about: string}} question
 * @returns {Promise<any>} never settled when the worker ends before it answers: then another audit will come
 */
export function ask_worker(worker, question) {
  const id = ++asked;
  if (!waiting.has(worker)) waiting.set(worker, new Map());
  return new Promise((resolve) => {
    waiting.get(worker).set(id, resolve);
    worker.postMessage({ ...question, kind: "ask", id });
  });
}

function answered(worker, { id, value }) {
  waiting.get(worker)?.get(id)?.(value);
  waiting.get(worker)?.delete(id);
}
