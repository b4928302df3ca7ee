// The built site on a server that remembers every request, and a browser to visit it with.
import { createServer } from "node:http";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
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
 * Serves the site on a free port of this machine, below a path.
 * `requests` holds the method and target of every request so far, in their order. `folder` may be exchanged for that
 * of another version. `hold` is awaited before an answer: a promise for a slow network.
 */
export async function serveSite(folder = DIST, below = "/", headers = {}) {
  const requests = [];
  const site = { folder, requests, hold: async () => {} };
  const server = createServer(async (request, response) => {
    requests.push(`${request.method} ${request.url}`);
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
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(site, {
    address: `http://127.0.0.1:${server.address().port}${below}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** A browser with a profile of its own, which is deleted when it is closed. */
export async function launchBrowser(options = {}) {
  const profile = await mkdtemp(path.join(tmpdir(), "claimcheck-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
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
    ...options,
  });
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
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
