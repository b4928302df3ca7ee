// The Python that applications run in: a virtual environment under target/, made once for each requirements.txt.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "../../target/python-venv");
const requirements = join(here, "requirements.txt");
const stamp = join(folder, "requirements.txt");

/** Path of the interpreter, with everything installed. */
export function python() {
  const windows = process.platform === "win32";
  const interpreter = join(folder, windows ? "Scripts/python.exe" : "bin/python");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(stamp) && existsSync(interpreter) && readFileSync(stamp, "utf8") === wanted) {
    return interpreter;
  }
  const system = windows ? "python" : "python3";
  attempt(system, ["--version"], `${system} is missing: the applications of these tests run on FastAPI, which needs Python 3.11 or later`);
  attempt(system, ["-m", "venv", folder], `${system} cannot make a virtual environment; on Debian: apt install python3-venv`);
  attempt(
    interpreter,
    ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements],
    "pip cannot install FastAPI: is a package registry reachable?",
  );
  writeFileSync(stamp, wanted);
  return interpreter;
}

function attempt(program, parameters, complaint) {
  try {
    execFileSync(program, parameters, { stdio: ["ignore", "ignore", "pipe"] });
  } catch (error) {
    throw new Error(`${complaint}\n${error.stderr ?? error.message}`);
  }
}
