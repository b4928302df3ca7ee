// After Trunk's build: minifies what wasm-bindgen wrote, names the worker's files by their content, and writes the hashes
// of inline scripts into the page's content security policy.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
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

const hash_of = (text, algorithm, encoding) => createHash(algorithm).update(text).digest(encoding);

const minify = (name) => {
  const before = readFileSync(join(folder, name), "utf8");
  // A script keeps the names of its top level: the message loop in the worker's Blob asks for `wasm_bindgen`.
  const after = transformSync(before, { minify: true, charset: "utf8" }).code;
  writeFileSync(join(folder, name), after);
  return [before, after].map((text) => `sha384-${hash_of(text, "sha384", "base64")}`);
};

minify("claimcheck-wasm.js");
const glue = readdirSync(folder).find((name) => /^web-.*\.js$/.test(name));
// The page names the file together with its hash.
replace_once(...minify(glue));

for (const name of ["claimcheck-wasm.js", "claimcheck-wasm_bg.wasm"]) {
  const hash = hash_of(readFileSync(join(folder, name)), "sha256", "hex").slice(0, 16);
  const named = name.replace(".", `-${hash}.`);
  renameSync(join(folder, name), join(folder, named));
  replace_once(name, named);
}

const hashes = Array.from(html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g), ([, script]) => {
  return `'sha256-${hash_of(script, "sha256", "base64")}'`;
});
if (hashes.length === 0) throw new Error("index.html should hold the inline script that starts the application");
replace_once("HASHES", hashes.join(" "));

writeFileSync(page, html);
