// The built site on a server that remembers every request, and a browser to visit it with.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, afterEach, before, beforeEach } from "node:test";

import { chromium } from "playwright-core";

export const DIST = path.resolve(
  process.env.CLAIMCHECK_DIST ?? path.join(import.meta.dirname, "../../dist"),
);

const CONTENT_TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
};

/** What `_headers` and docs/hosting.md say: files with a hash in their names never change. */
const keep = (file) =>
  [".css", ".js", ".wasm"].includes(path.extname(file)) ? "public, max-age=31536000, immutable" : "no-cache";

/**
 * The site, to be served on a free port of this machine, below a path.
 * `requests` holds the method and target of every request since it was opened, in their order. `folder` may be exchanged
 * for that of another version. `hold` is awaited before an answer: a promise for a slow network.
 */
function siteOf(folder = DIST, below = "/", headers = {}) {
  let server;
  const answer = async (request, response) => {
    site.requests.push(`${request.method} ${request.url}`);
    const { pathname } = new URL(request.url, "http://localhost");
    try {
      await site.hold(pathname);
      if (!pathname.startsWith(below)) throw new Error("not of this site");
      const file = path.join(site.folder, decodeURIComponent(pathname.slice(below.length - 1)));
      const found = file.endsWith(path.sep) ? path.join(file, "index.html") : file;
      const body = await readFile(found);
      const type = CONTENT_TYPES[path.extname(found)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, "cache-control": keep(found), ...headers }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  };
  const site = {
    async open() {
      Object.assign(site, { folder, requests: [], hold: async () => {} });
      server = createServer(answer);
      await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
      site.address = `http://127.0.0.1:${server.address().port}${below}`;
    },
    /** Nobody answers any more. Closed once, it stays closed. */
    async close() {
      server?.closeAllConnections();
      await new Promise((resolve) => (server ? server.close(resolve) : resolve()));
      server = undefined;
    },
  };
  return site;
}

/** Serves the site at once: for a second one beside that of the test. */
export async function serveSite(folder, below, headers) {
  const site = siteOf(folder, below, headers);
  await site.open();
  return site;
}

/**
 * A browser. `context` is what it keeps: storage, copies, service workers. One that is opened anew knows nothing of those
 * before, which costs a small part of starting a browser.
 */
function browserOf(options = {}) {
  let running;
  const browser = {
    async launch() {
      running = await chromium.launch({
        executablePath: process.env.CHROMIUM,
        headless: true,
        // The sandbox needs rights that a container's root does not have; the page is our own.
        args: [
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
        ],
      });
    },
    /** Another context, for a person with other preferences; ends with the test at the latest. */
    context_with: (others) => running.newContext({ ...options, ...others }),
    async open() {
      browser.context = await browser.context_with({});
    },
    async forget() {
      for (const context of running.contexts()) await context.close();
    },
    close: () => running?.close(),
  };
  return browser;
}

/** A browser with one context, outside of tests. */
export async function launchBrowser(options) {
  const browser = browserOf(options);
  await browser.launch();
  await browser.open();
  return browser;
}

/**
 * What the tests of a file need: one browser, and for each test a server and a context of its own, so that neither what
 * is stored nor what was asked for outlives it. `site` and `browser` are those of the test that runs.
 */
export function prepare(options = {}) {
  const [site, browser] = [siteOf(), browserOf(options)];
  before(() => browser.launch());
  beforeEach(async () => {
    await site.open();
    await browser.open();
  });
  afterEach(async () => {
    await browser.forget();
    await site.close();
  });
  after(() => browser.close());
  return { site, browser };
}

/** Everything a page complains about, from now on: uncaught errors and console errors. */
export function complaints(page) {
  const found = [];
  page.on("pageerror", (error) => found.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") found.push(message.text());
  });
  return found;
}
