// Runs inside the worker, behind the glue that wasm-bindgen makes, which defines `wasm_bindgen`.
//
// page → worker  {kind: "start", module}
//                {kind: "files", changed: [{path, text}], removed: [path]}; of large projects, before "audit"
//                {kind: "audit", revision, options, changed: [{path, text}], removed: [path], routes}; `options` when they
//                changed, `routes`: whether the table of routes is wanted, too
//                {kind: "ask", id, about, …}: see `questions`
// worker → page  {kind: "ready", rules}
//                {kind: "report", revision, report, routes, milliseconds}
//                {kind: "answer", id, value}
//                {kind: "failed", reason}
//
// After "failed" the worker does nothing more: WebAssembly that trapped has lost its place, and a page that shows
// half a state is worse than one that starts again.

/* global wasm_bindgen */

let auditor;

/** As the command line writes JSON. */
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

/** What can be asked about the last report, or without one. */
const questions = {
  json: () => json(auditor.json()),
  sarif: () => json(auditor.sarif()),
  markdown: () => auditor.markdown(),
  html: () => auditor.html(),
  ignore: ({ path, start, end, rule, reason }) => auditor.ignore(path, start, end, rule, reason),
  settings: ({ text, name }) => wasm_bindgen.readSettings(text, name !== "claimcheck.toml"),
  patch: ({ changes }) => wasm_bindgen.patch(changes.map((one) => ({ ...one, before: one.before || undefined }))),
  redact: ({ files }) => wasm_bindgen.redact(files),
};

/** Milliseconds of the coming audit that were spent on its files so far. */
let spent = 0;

const answer = {
  start({ module }) {
    wasm_bindgen.initSync({ module });
    auditor = new wasm_bindgen.Auditor();
    return { kind: "ready", rules: wasm_bindgen.rules() };
  },

  files({ changed, removed }) {
    const start = performance.now();
    for (const path of removed) auditor.removeFile(path);
    for (const { path, text } of changed) auditor.setFile(path, text);
    spent += performance.now() - start;
  },

  audit({ revision, options, changed, removed, routes }) {
    if (options) auditor.setOptions(options);
    this.files({ changed, removed });
    const since = performance.now();
    const said = routes ? auditor.reportAndRoutes() : { report: auditor.report() };
    const milliseconds = spent + performance.now() - since;
    spent = 0;
    return { kind: "report", revision, ...said, milliseconds };
  },

  ask(question) {
    return { kind: "answer", id: question.id, value: questions[question.about](question) };
  },
};

self.onmessage = ({ data }) => {
  try {
    const said = answer[data.kind](data);
    if (said) self.postMessage(said);
  } catch (error) {
    self.onmessage = null;
    self.postMessage({ kind: "failed", reason: String(error?.message ?? error) });
  }
};
