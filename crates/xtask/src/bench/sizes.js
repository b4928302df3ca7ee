// Prints one JSON object per file below the folder given: what it weighs as it is and compressed.
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");

const folder = process.argv[1];
const files = fs
  .readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
  // A browser loads source maps only when its developer tools are open.
  .filter((file) => !file.endsWith(".map"))
  // One is for hosts, the other is the site once more.
  .filter((file) => !["_headers", "claimcheck.html"].includes(path.basename(file)))
  .sort();
for (const file of files) {
  const bytes = fs.readFileSync(file);
  console.log(
    JSON.stringify({
      file: path.relative(folder, file).split(path.sep).join("/"),
      raw: bytes.length,
      gzip: zlib.gzipSync(bytes, { level: 9 }).length,
      brotli: zlib.brotliCompressSync(bytes).length,
    }),
  );
}
