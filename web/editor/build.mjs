// Makes `web/bundle/`: the ES module that the Yew application imports and the page's style sheet.
//
// The worker's message loop is minified on its own and travels as text inside the module, because the worker is
// started from a Blob: see `src/worker.js`.

import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const common = { bundle: true, minify: true, target: "es2022", charset: "utf8", legalComments: "none", logLevel: "warning" };

const loop = await build({
  ...common,
  entryPoints: [path("src/worker_loop.js")],
  format: "iife",
  write: false,
});

await build({
  ...common,
  entryPoints: [path("src/index.js")],
  outfile: path("../bundle/page.js"),
  format: "esm",
  define: { WORKER_LOOP: JSON.stringify(loop.outputFiles[0].text) },
});

await build({
  ...common,
  entryPoints: [path("../styles/page.css")],
  outfile: path("../bundle/page.css"),
});
