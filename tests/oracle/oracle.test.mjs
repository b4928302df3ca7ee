// Every project's table of routes equals FastAPI's own: paths, methods, handlers, and the tree of what runs before.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { python } from "../python/environment.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const claimcheck = process.env.CLAIMCHECK_BIN ?? join(here, "../../target/release/claimcheck");
const projects = readdirSync(join(here, "projects")).sort();
const interpreter = python();

test("there are projects of every kind", () => {
  assert.ok(projects.length >= 25, `${projects.length} projects`);
});

for (const project of projects) {
  test(project, () => {
    const folder = join(here, "projects", project);
    const expected = run(interpreter, ["-B", join(here, "dump_routes.py"), folder]);
    const table = run(claimcheck, ["routes", folder, "--format", "json"]);
    assert.ok(
      expected.some(({ routes }) => routes.length > 0),
      "the project has no routes",
    );
    compare(ours(table), expected);
    const reached = new Set(expected.flatMap(({ routes }) => routes.map(({ handler }) => handler)));
    for (const { file, handler, reason } of table.unmounted) {
      assert.ok(!reached.has(`${file}:${handler}`), `${handler} is served, yet listed as unmounted: ${reason}`);
    }
    assert.deepEqual(table.unfollowed, [], "every include and mount is followed");
  });
}

function run(program, parameters) {
  return JSON.parse(execFileSync(program, parameters, { encoding: "utf8", maxBuffer: 1 << 28 }));
}

/** Our table in the shape of FastAPI's. */
function ours({ applications, routes }) {
  return applications.map(({ name }) => ({
    application: name,
    routes: routes
      .filter(({ application }) => application === name)
      .map((route) => ({
        method: route.method,
        path: route.path,
        handler: route.handlerDefinition
          ? `${route.handlerDefinition.file}:${route.handler}`
          : last(route.handler),
        dependencies: route.dependencies.map(tree),
        conditional: route.conditions.length > 0,
      })),
  }));
}

function tree({ name, definition, scopes, dependencies }) {
  return {
    name: definition ? `${definition.file}:${name}` : last(name),
    scopes,
    dependencies: dependencies.map(tree),
  };
}

function last(name) {
  return name.split(".").at(-1);
}

/** Applications without a variable are told apart by their routes. */
function compare(found, expected) {
  const left = [...found];
  for (const theirs of expected) {
    const candidates = left.filter(
      ({ application }) => theirs.application === null || application === theirs.application,
    );
    const equal = candidates.find((candidate) => isEqual(known(candidate, theirs), theirs.routes));
    if (!equal) {
      assert.ok(candidates.length > 0, `no ${theirs.application} among ${left.map(({ application }) => application)}`);
      assert.deepEqual(known(candidates[0], theirs), theirs.routes);
    }
    left.splice(left.indexOf(equal), 1);
  }
  assert.deepEqual(left.filter(({ routes }) => routes.some(({ conditional }) => !conditional)), [], "nothing is made up");
}

/** Routes that are there under a condition may be missing at run time. */
function known({ routes }, theirs) {
  const there = routes.map(({ conditional, ...route }) => ({ conditional, route }));
  return there
    .filter(({ conditional, route }) => !conditional || theirs.routes.some((other) => isEqual(other, route)))
    .map(({ route }) => route);
}

function isEqual(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}
