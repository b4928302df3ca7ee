// Measures the wasm module given first on every text given after it: one JSON object per line.
const fs = require("node:fs");
const path = require("node:path");

const [module, ...texts] = process.argv.slice(1);
const { bench } = require(path.resolve(module));
if (typeof bench !== "function") {
  console.log("no bench");
  process.exit(0);
}
for (const name of texts) {
  const text = fs.readFileSync(name, "utf8");
  const bytes = Buffer.byteLength(text);
  // About the same amount of work for every text, and enough for the engine to warm up.
  const rounds = Math.max(10, Math.ceil(2_000_000 / Math.max(bytes, 1)));
  const { parse_ms, audit_ms } = bench(text, rounds);
  console.log(JSON.stringify({ name, bytes, parse_ms, audit_ms }));
}
