// After Trunk's build: minifies the worker's glue, names the worker's files by their content, and writes the hashes
// of inline scripts into the page's content security policy.

import { createHash } from "node:crypto";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { transformSync } from "esbuild";

const folder = process.env.TRUNK_STAGING_DIR;
if (!folder) throw new Error("TRUNK_STAGING_DIR is not set: this runs as a hook of trunk");

const page = join(folder, "index.html");
let html = readFileSync(page, "utf8");

const replace_once = (from, to) => {
  if (html.split(from).length !== 2) throw new Error(`index.html should hold ${from} exactly once`);
  html = html.replace(from, () => to);
};

const glue = join(folder, "claimcheck-wasm.js");
// As a script its top level keeps its names: the message loop in the same Blob asks for `wasm_bindgen`.
writeFileSync(glue, transformSync(readFileSync(glue, "utf8"), { minify: true }).code);

for (const name of ["claimcheck-wasm.js", "claimcheck-wasm_bg.wasm"]) {
  const hash = createHash("sha256").update(readFileSync(join(folder, name))).digest("hex").slice(0, 16);
  const named = name.replace(".", `-${hash}.`);
  renameSync(join(folder, name), join(folder, named));
  replace_once(name, named);
}

const hashes = Array.from(html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g), ([, script]) => {
  const hash = createHash("sha256").update(script, "utf8").digest("base64");
  return `'sha256-${hash}'`;
});
if (hashes.length === 0) throw new Error("index.html should hold the inline script that starts the application");
replace_once("HASHES", hashes.join(" "));

writeFileSync(page, html);
