// Makes dist/claimcheck.html: the whole site in one file that runs from a disk, without a server. `cargo xtask
// single-file` runs this after the build. Its policy allows no connection from the first moment on.

import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

const folder = process.argv[2];
if (!folder) throw new Error("which folder holds the site?");

const read = (name) => readFileSync(join(folder, name));
let html = read("index.html").toString();

/** The name of the one file that the page gives in an attribute. */
const named = (pattern) => {
  const found = [...new Set(Array.from(html.matchAll(pattern), ([, name]) => name))];
  if (found.length !== 1) throw new Error(`${pattern} should be in index.html once, not ${found.length} times`);
  return found[0];
};

const packed = (name) => gzipSync(read(name), { level: 9 }).toString("base64");
/** A script that holds data: a browser reads its text and runs nothing. */
const data = (id, name) => `<script type="text/plain" id="${id}">${packed(name)}</script>`;
const policy_hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
/** Inside a script nothing may look like its end, nor like the beginning of a comment of HTML. */
const inside_script = (code) => code.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");

const boot = named(/<script type="module" src="\.\/(boot-[0-9a-f]+\.js)"/g);
const early = named(/<script src="\.\/(start-[0-9a-f]+\.js)"/g);
const style = named(/<link rel="stylesheet" href="\.\/(page-[0-9a-f]+\.css)"/g);
const module = named(/href="\.\/(web-[0-9a-f]+_bg\.wasm)"/g);
const glue = named(/id="auditor-glue"[^>]*href="(claimcheck-wasm-[0-9a-f]+\.js)"/g);
const auditor = named(/id="auditor-module"[^>]*href="(claimcheck-wasm-[0-9a-f]+_bg\.wasm)"/g);

// The script that starts the page asks for its module by an address; here it is in the page.
const bundle = await build({
  stdin: {
    contents: read(boot)
      .toString()
      .replace(/(["'`])\.\/web-[0-9a-f]+_bg\.wasm\1/, "await claimcheck_page_module()"),
    resolveDir: folder,
  },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  write: false,
  banner: {
    js: `const claimcheck_page_module=async()=>{const text=document.getElementById("page-module").textContent;const bytes=Uint8Array.from(atob(text),(c)=>c.charCodeAt(0));return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer()};`,
  },
});
const script = inside_script(bundle.outputFiles[0].text);
if (!script.includes("claimcheck_page_module()")) throw new Error("the start of the page is another one than this script knows");
const first_script = inside_script(read(early).toString());
const styles = read(style).toString();

const policy = [
  "default-src 'none'",
  `script-src 'wasm-unsafe-eval' ${policy_hash(first_script)} ${policy_hash(script)}`,
  `style-src ${policy_hash(styles)}`,
  "img-src data:",
  "worker-src blob:",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

html = html
  .replace(/(http-equiv="Content-Security-Policy"\s+content=")[^"]*/, (_, before) => before + policy)
  .replace(/\s*<meta name="service-worker"[^>]*>/, "")
  .replace(/\s*<script type="application\/manifest\+json"[^]*?<\/script>/, "")
  .replace(/<link rel="(?:modulepreload|preload)"[^>]*>/g, "")
  .replace(/<link id="auditor-glue"[^>]*>/, () => data("auditor-glue", glue))
  .replace(/<link id="auditor-module"[^>]*>/, () => data("auditor-module", auditor) + data("page-module", module))
  .replace(/<link rel="stylesheet"[^>]*>/, () => `<style>${styles}</style>`)
  .replace(/<script src="\.\/start-[^>]*><\/script>/, () => `<script>${first_script}</script>`)
  // What the modules in the head need, the parser has read before it runs them.
  .replace(/<script type="module" src[^>]*><\/script>/, () => `<script type="module">${script}</script>`);

const left = html.match(/<(?:link|script)\b[^>]*\b(?:href|src)="(?!data:)[^"]*"/);
if (left) throw new Error(`${left[0]} is still to be loaded`);
writeFileSync(join(folder, "claimcheck.html"), html);
