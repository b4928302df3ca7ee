// The native and the browser build of the audit say the same of every fixture, byte for byte.
//
// CLAIMCHECK_BIN is the command line tool, CLAIMCHECK_WASM the module for node, CLAIMCHECK_FIXTURES the folder in
// which the Rust tests keep every fixture they audit. `cargo xtask test` sets them.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);
const wasm = createRequire(import.meta.url)(setting("CLAIMCHECK_WASM"));
const cli = setting("CLAIMCHECK_BIN");
const root = new URL("../..", import.meta.url).pathname;

function setting(name) {
  const value = process.env[name];
  assert.ok(value, `${name} is not set; run this suite with cargo xtask test`);
  return value;
}

/** The Python files below a folder, as `{ path, text }`. */
function pythonFiles(folder) {
  const names = readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
  return names
    .filter((name) => name.endsWith(".py") && statSync(name).isFile())
    .map((name) => ({ path: relative(folder, name).split(sep).join("/"), text: readFileSync(name, "utf8") }));
}

async function native(folder) {
  const options = { maxBuffer: 1 << 28, encoding: "utf8" };
  const { stdout } = await run(cli, ["audit", "--format", "json", "--fail-on", "never", folder], options);
  return stdout;
}

function inWasm(files) {
  return JSON.stringify(wasm.audit(files, {}), null, 2) + "\n";
}

async function agree(folders) {
  let findings = 0;
  for (const folder of folders) {
    // The command line takes a byte order mark off before it audits; the reports are about the same text.
    const files = pythonFiles(folder).map(({ path, text }) => ({ path, text: text.replace(/^\uFEFF/, "") }));
    const expected = await native(folder);
    assert.equal(inWasm(files), expected, folder);
    findings += JSON.parse(expected).findings.length;
  }
  return findings;
}

function foldersIn(folder) {
  const names = readdirSync(folder).map((name) => join(folder, name));
  return names.filter((name) => statSync(name).isDirectory() && pythonFiles(name).length > 0);
}

test("every fixture of the rules", async () => {
  const folders = foldersIn(setting("CLAIMCHECK_FIXTURES"));
  assert.ok(folders.length > 50, `only ${folders.length} fixtures were kept`);
  assert.ok((await agree(folders)) > 50, "the fixtures hold findings");
});

test("the examples of the page", async () => {
  assert.ok((await agree([join(root, "web/examples")])) > 0, "the examples hold findings");
});

test("the text that speed is measured on", async () => {
  await agree([join(root, "tests/bench")]);
});

/** Texts that nobody writes by hand, by size. */
const hostile = {
  "nested parentheses": (size) => "(".repeat(size) + "1" + ")".repeat(size),
  "parentheses that never close": (size) => "(".repeat(size),
  "nested calls": (size) => "f(".repeat(size) + ")".repeat(size),
  "nested lists": (size) => "x = " + "[".repeat(size) + "]".repeat(size),
  "a long chain of attributes": (size) => "a" + ".b".repeat(size),
  "a long chain of operators": (size) => "a" + " + a".repeat(size),
  "a long chain of negations": (size) => "not ".repeat(size) + "a",
  "a long line": (size) => `x = "${"a".repeat(size * 50)}"`,
  "NUL bytes": (size) => "\0".repeat(size),
  "many functions": (size) => "def f(a):\n    return a\n".repeat(size / 10),
  "many decodes": (size) => "import jwt\n" + "jwt.decode(t, 'k', algorithms=['HS256'])\n".repeat(size / 100),
  "one name bound again and again": (size) => "import jwt\nk = 'a'\n" + "if x:\n    k = k + 'b'\n".repeat(size / 100) + "jwt.decode(t, k)\n",
  "functions that call each other": (size) =>
    Array.from({ length: size / 100 }, (_, i) => `def f${i}(k):\n    return f${i + 1}(k) or f${i + 2}(k)\n`).join("") +
    "import jwt\njwt.decode(t, f0('k'), algorithms=['HS256'])\n",
};

const ROUNDS = 3;
/** What four times the text may take, by what one takes. */
const limit = (small) => small * 4 * 3 + 200;

for (const [name, make] of Object.entries(hostile)) {
  test(`${name}: no crash, the same answer, linear time`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "claimcheck-"));
    try {
      writeFileSync(join(folder, "main.py"), make(100_000));
      await agree([folder]);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const time = (size) => {
      const start = performance.now();
      wasm.audit([{ path: "main.py", text: make(size) }], {});
      return performance.now() - start;
    };
    time(25_000);
    // Others may use the machine's cores, too: the best of some rounds counts.
    let [small, large] = [0, Infinity];
    for (let round = 0; round < ROUNDS && large >= limit(small); round += 1) [small, large] = [time(25_000), time(100_000)];
    assert.ok(large < limit(small), `four times the text took ${small.toFixed(0)} ms, then ${large.toFixed(0)} ms`);
  });
}

test("lone surrogates, as a page may send them", () => {
  const report = wasm.audit([{ path: "main.py", text: "x = '\ud83d'\n" }], {});
  assert.equal(report.files[0].status.kind, "audited");
});
