// After Trunk's build: minifies what wasm-bindgen wrote, names every file by its content, takes the inline script out
// of the page so that its policy needs no hashes, and writes what keeps the site offline and what hosts need.

import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

import { transformSync } from "esbuild";

const folder = process.env.TRUNK_STAGING_DIR;
if (!folder) throw new Error("TRUNK_STAGING_DIR is not set: this runs as a hook of trunk");

const source = (name) => readFileSync(fileURLToPath(new URL(`site/${name}`, import.meta.url)), "utf8");
const read = (name) => readFileSync(join(folder, name));
const write = (name, content) => writeFileSync(join(folder, name), content);
const minified = (script, options) => transformSync(script, { minify: true, charset: "utf8", legalComments: "none", ...options }).code;
const digest = (content, algorithm, encoding) => createHash(algorithm).update(content).digest(encoding);
const hash_of = (content) => digest(content, "sha256", "hex").slice(0, 16);

let html = read("index.html").toString();

const replace_once = (text, from, to) => {
  if (text.split(from).length !== 2) throw new Error(`${from} should stand exactly once in ${text.slice(0, 200)}…`);
  return text.replace(from, () => to);
};

const find = (pattern) => {
  const found = readdirSync(folder, { recursive: true }).filter((name) => pattern.test(name) && statSync(join(folder, name)).isFile());
  if (found.length !== 1) throw new Error(`${pattern} should be one file, not ${found.join(", ") || "none"}`);
  return found[0];
};

/** Gives a file at the top the name of its content; the page is told when it knows the file. */
const name_by_content = (name) => {
  const content = read(name);
  const [, stem, ending] = /^(.*?)(?:-[0-9a-f]{16})?((?:_bg)?\.\w+)$/.exec(basename(name));
  const named = `${stem}-${hash_of(content)}${ending}`;
  renameSync(join(folder, name), join(folder, named));
  html = html.replaceAll(name, () => named);
  return named;
};

// From the files that name no others to those that do.
const style = name_by_content(find(/^page-.*\.css$/));
const start = find(/^start-.*\.js$/);
write(start, minified(read(start).toString()));
const early = name_by_content(start);
const worker_glue = find(/^claimcheck-wasm\.js$/);
// A script keeps the names of its top level: the message loop in the worker's Blob asks for `wasm_bindgen`.
write(worker_glue, minified(read(worker_glue).toString()));
const worker = [name_by_content(worker_glue), name_by_content(find(/^claimcheck-wasm_bg\.wasm$/))];
const module = name_by_content(find(/^web-[0-9a-f]+_bg\.wasm$/));

const snippet = find(/^snippets[\\/].*page\.js$/).replaceAll("\\", "/");
const bundle = name_by_content(snippet);
rmSync(join(folder, "snippets"), { recursive: true });
const glue_before = find(/^web-[0-9a-f]+\.js$/);
// The module asks for its imports by their first names: these stay, only the statements that load them change.
const loads = new RegExp(`(\\bfrom\\s*["']\\./)${snippet.replace(/[.]/g, "\\.")}(["'])`, "g");
const glue_script = read(glue_before).toString();
if (!loads.test(glue_script)) throw new Error(`${glue_before} should import ${snippet}`);
write(glue_before, minified(glue_script.replaceAll(loads, (_, before, after) => before + bundle + after)));
const glue = name_by_content(glue_before);

const inline = /<script type="module"[^>]*>([^]*?)<\/script>/.exec(html);
write("boot.js", minified(inline[1]));
html = replace_once(html, inline[0], `<script type="module" src="./boot.js" integrity="" crossorigin="anonymous"></script>`);
const boot = name_by_content("boot.js");

// Hashes in the page are those of the files as they are now.
html = html.replace(/<(?:link|script)\b[^>]*>/g, (tag) => {
  const name = /\b(?:href|src)="(?:\.\/)?([^":]+)"/.exec(tag)?.[1];
  // Browsers do not check what is only fetched ahead, and say so.
  if (tag.includes('rel="preload"')) return tag.replace(/\s*\bintegrity="[^"]*"/, "");
  // In a sandboxed frame the page is a stranger to its own server.
  if (tag.includes("integrity=") && !tag.includes("crossorigin")) tag = tag.replace("integrity=", `crossorigin="anonymous" integrity=`);
  return tag.replace(/\bintegrity="[^"]*"/, () => `integrity="sha384-${digest(read(name), "sha384", "base64")}"`);
});

const data_url = (svg) => `data:image/svg+xml,${encodeURIComponent(source(svg).trim())}`;
const manifest = JSON.parse(source("manifest.json"));
manifest.icons = [
  { src: data_url("icon.svg"), sizes: "any", type: "image/svg+xml", purpose: "any" },
  { src: data_url("icon_maskable.svg"), sizes: "any", type: "image/svg+xml", purpose: "maskable" },
];
// `start.js` makes a link of it: a manifest that the browser fetches, with icons of its own, comes after the seal.
html = replace_once(html, "MANIFEST", JSON.stringify(manifest));

const files = [style, early, ...worker, module, bundle, glue, boot];
const version = hash_of([html, source("service_worker.js"), ...files].join("\n"));
const service_worker = `service-worker-${version}.js`;
html = replace_once(html, "SERVICE_WORKER", service_worker);
write("index.html", html);
write(
  service_worker,
  minified(source("service_worker.js"), {
    define: { CACHE_VERSION: JSON.stringify(version), FILES: JSON.stringify(["./", ...files]) },
  }),
);
write("version.json", `${JSON.stringify({ serviceWorker: service_worker })}\n`);

// Hosts: the policy as a header, too, and how long each file may be kept. See docs/hosting.md.
const policy = /http-equiv="Content-Security-Policy"\s+content="([^"]*)"/.exec(html)[1];
write("_headers", source("headers").replaceAll("POLICY", () => policy));
// GitHub Pages leaves out files whose names begin with an underscore, unless it is told that nothing is to be built.
write(".nojekyll", "");
