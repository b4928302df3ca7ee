// Talks to server.py: runs of applications, CPython's parser and black, behind one process.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { python } from "./environment.mjs";

const here = dirname(fileURLToPath(import.meta.url));

/** `ask(question)` answers as server.py does; `close()` ends it. */
export function server() {
  const child = spawn(python(), ["-B", join(here, "server.py")], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = [];
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift().resolve(JSON.parse(line)));
  child.on("exit", (code) => {
    for (const { reject } of waiting.splice(0)) {
      reject(new Error(`server.py ended with ${code}`));
    }
  });
  return {
    ask(question) {
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(JSON.stringify(question) + "\n");
      });
    },
    close() {
      child.stdin.end();
    },
  };
}
