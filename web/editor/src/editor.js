// The code editor: one CodeMirror view in a shadow root, one editor state for each file that somebody looks at. The other
// files of a project, thousands perhaps, are plain text.
//
// The shadow root is what lets CodeMirror's styles live under `style-src 'self'`: they are adopted style sheets
// there, not elements. It is open, so that tests and assistive tools can look inside.

import { defaultKeymap, history, historyKeymap, isolateHistory, undo } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { pythonLanguage } from "@codemirror/lang-python";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  EditorView,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
} from "@codemirror/view";

import { marks, marks_at, offset_at, select_mark, set_marks } from "./marks.js";
import { breathe } from "./pace.js";
import { classes, theme } from "./theme.js";

/** Only a text that uses it throughout is written with it again; CodeMirror itself counts every break as one. */
const crlf_throughout = (text) => text.includes("\r\n") && !/[^\r]\n|^\n|\r(?!\n)/.test(text);

/**
 * A file is its text until it is shown or changed for the first time, and a state from then on.
 *
 * `original` is the text that patches are made against: as the file was opened. A file that was begun here or pasted as a
 * whole has none until the first fix, which finds the text as its author has it elsewhere.
 *
 * @typedef {{text: string | null, state: EditorState | null, line_break: "\n" | "\r\n",
 *   scroll: import("@codemirror/state").StateEffect<any> | null, original: string | null}} File
 */

/** Characters that a link may unpack to: no more than `MOST_BYTES` in share.js, of which a character takes up to four. */
const MOST_SHARED = 5_000_000;

const original_of = (text) => (/\S/.test(text) ? text : null);

/** @returns {File} */
const new_file = (text) => ({ text, state: null, line_break: "\n", scroll: null, original: original_of(text) });

/** As many characters of texts are handed over to the worker at a time: cloning them holds the page up. */
const BATCH = 500_000;

/** More is not kept for the next visit: browsers refuse it. Characters, all files together. */
const MOST_KEPT = 1_500_000;

const replaces_everything = (transaction) => {
  let everything = false;
  transaction.changes.iterChanges((from, to) => (everything ||= from === 0 && to === transaction.startState.doc.length));
  return everything;
};

/** Where a text that is written has a literal that the text in its place did not have: for its author to fill in. */
const placeholder_in = (written, before) => {
  for (const { 0: literal, 2: value, index } of written.matchAll(/(["'])((?:(?!\1)[^\\\n]|\\.)+)\1/g)) {
    if (!before.includes(value)) return { from: index + 1, to: index + literal.length - 1 };
  }
  return undefined;
};

const with_one_line_break = (text) => text.replace(/\r\n?/g, "\n");

export class Editor {
  /**
   * @param {HTMLElement} host
   * @param {{label: string, placeholder: string, fix: string}} words
   * @param {{changed: (path: string) => void, caret: (index: number) => void, pick: (index: number) => void,
   *   fix: (index: number) => void}} events
   */
  constructor(host, words, events) {
    /** @type {Map<string, File>} */
    this.files = new Map();
    this.current = "";
    this.selected = { path: "", index: -1 };
    this.events = events;
    this.words = words;
    /** What the last fix left behind, by path: see `undo_edits`. */
    this.last_edits = new Map();
    /** Files that the last fix began. @type {string[]} */
    this.begun = [];
    /** @type {{path: string, anchor: number, head: number} | undefined} */
    this.placeholder = undefined;

    this.extensions = [
      lineNumbers(),
      marks(events, words),
      highlightActiveLineGutter(),
      highlightSpecialChars(),
      history(),
      drawSelection(),
      indentUnit.of("    "),
      indentOnInput(),
      bracketMatching(),
      highlightActiveLine(),
      highlightSelectionMatches(),
      search({ top: true }),
      pythonLanguage,
      syntaxHighlighting(classes),
      theme,
      placeholder(() => {
        const shown = document.createElement("span");
        shown.textContent = words.placeholder;
        return shown;
      }),
      EditorView.contentAttributes.of(() => ({
        "aria-label": `${words.label} ${this.current}`,
        // It takes the focus anyway; checkers of accessibility look for this.
        tabindex: "0",
        spellcheck: "false",
        autocapitalize: "off",
        autocorrect: "off",
      })),
      EditorView.updateListener.of((update) => this.updated(update)),
      // Tab is left to the browser: it moves on to the findings. The page's own keys: see `keys.js`.
      keymap.of([
        ...defaultKeymap,
        ...historyKeymap,
        ...searchKeymap,
      ]),
    ];

    const root = host.attachShadow({ mode: "open" });
    this.view = new EditorView({ state: this.new_state(""), parent: root, root });
  }

  /** Goes on in another language. */
  set_words(words) {
    Object.assign(this.words, words);
    // What names the words is written anew.
    this.view.dispatch({});
  }

  new_state(text) {
    return EditorState.create({ doc: text, extensions: this.extensions });
  }

  updated(update) {
    if (update.docChanged && this.current) {
      const pasted = update.transactions.some((one) => one.isUserEvent("input.paste") && replaces_everything(one));
      if (pasted) this.came_from(this.current, null);
      this.events.changed(this.current);
    }
    const moved = update.selectionSet && update.transactions.some((transaction) => transaction.isUserEvent("select"));
    if (!moved) return;
    const found = marks_at(update.state, update.state.selection.main.head);
    if (found.length > 0) this.events.caret(found[0].mark.index);
  }

  /** Creates a file, or gives an open one another text, which can be undone. */
  open(path, text) {
    if (!this.files.has(path)) {
      this.files.set(path, new_file(text));
      return;
    }
    const changes = { from: 0, to: this.state(path).doc.length, insert: text };
    this.dispatch(path, { changes, annotations: isolateHistory.of("full"), userEvent: "input.paste" });
    const file = this.files.get(path);
    file.line_break = crlf_throughout(text) ? "\r\n" : "\n";
    file.original = original_of(text);
  }

  /** Opens everything that was read. @param {import("./reading.js").Reading} reading */
  take(reading) {
    for (const [path, text] of reading.texts) this.open(path, text);
  }

  /** Says what a file was before it was changed here; nothing, when it began here. */
  came_from(path, original) {
    const file = this.files.get(path);
    if (file) file.original = original ?? null;
  }

  close(path) {
    this.files.delete(path);
    if (this.current === path) this.current = "";
  }

  close_all() {
    this.files.clear();
    this.current = "";
  }

  rename(from, to) {
    const file = this.files.get(from);
    if (!file) return;
    if (this.current === from) {
      this.current = to;
      this.files.delete(from);
      this.files.set(to, file);
      // The label names the file.
      this.view.dispatch({});
    } else {
      this.files.delete(from);
      this.files.set(to, file);
    }
  }

  show(path) {
    if (this.current === path) return;
    const next = this.files.get(path);
    if (!next) return;
    this.park();
    // The view asks for its label while it takes over.
    this.current = path;
    this.view.setState(this.woken(next));
    const effects = [select_mark.of(path === this.selected.path ? this.selected.index : -1)];
    if (next.scroll) effects.push(next.scroll);
    this.view.dispatch({ effects });
  }

  /** The state of a file that is not shown. */
  woken(file) {
    if (!file.state) {
      file.line_break = crlf_throughout(file.text) ? "\r\n" : "\n";
      file.state = this.new_state(file.text);
      file.text = null;
    }
    return file.state;
  }

  /** Whether the shown file holds nothing but spaces. */
  is_blank() {
    return !/\S/.test(this.view.state.sliceDoc(0, 1000));
  }

  /** Puts what the view shows back to its file. */
  park() {
    const file = this.files.get(this.current);
    if (!file) return;
    file.state = this.view.state;
    file.scroll = this.view.scrollSnapshot();
  }

  /** The state of a file, whether it is shown or not. */
  state(path) {
    if (path === this.current) return this.view.state;
    const file = this.files.get(path);
    return file && this.woken(file);
  }

  /** Changes a file, whether it is shown or not. */
  dispatch(path, spec) {
    if (path === this.current) {
      this.view.dispatch(spec);
      return;
    }
    const file = this.files.get(path);
    if (file) this.replace_parked(path, file, this.woken(file).update(spec));
  }

  replace_parked(path, file, transaction) {
    file.state = transaction.state;
    if (!transaction.docChanged) return;
    file.scroll = null;
    this.events.changed(path);
  }

  /** The file as it would be written to disk. */
  text(path) {
    const { text, line_break } = this.files.get(path);
    if (text !== null) return text;
    const { doc } = this.state(path);
    return doc.sliceString(0, doc.length, line_break);
  }

  /** About how many characters a file has. */
  length(path) {
    return this.files.get(path).text?.length ?? this.state(path).doc.length;
  }

  /** Replaces the marks of the file on the screen. @param {import("./marks.js").Mark[]} list */
  mark(list) {
    this.view.dispatch({ effects: set_marks.of(list) });
  }

  /** Emphasises one finding's span in one file; -1 for none. A file that is not shown hears of it when it is. */
  select(path, index) {
    this.selected = { path, index };
    this.view.dispatch({ effects: select_mark.of(path === this.current ? index : -1) });
  }

  /** Shows a span in the middle of the view and puts the caret at its start. */
  reveal(path, line, column, focus) {
    this.show(path);
    const anchor = offset_at(this.view.state.doc, line, column);
    this.view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: "center", x: "nearest", xMargin: 48 }),
    });
    if (focus) this.view.focus();
  }

  focus() {
    this.view.focus();
  }

  /** Selects in the shown file, in UTF-16 units. */
  select_range(anchor, head) {
    const { length } = this.view.state.doc;
    this.view.dispatch({ selection: { anchor: Math.min(anchor, length), head: Math.min(head, length) }, scrollIntoView: true });
  }

  /**
   * Makes the edits of one or several fixes: one step of the undo history in each file. A file that is not there is
   * begun.
   *
   * @param {{path: string, edits: {start_line: number, start_column: number, end_line: number, end_column: number,
   *   replacement: string}[]}[]} files
   * @param {boolean} goes_on whether this belongs to the edits before it, and is taken back together with them
   * @returns {boolean} whether a text is another one now
   */
  edit(files, goes_on) {
    if (!goes_on) {
      this.last_edits.clear();
      this.begun = [];
    }
    this.placeholder = undefined;
    let changed = false;
    for (const { path, edits } of files) {
      if (!this.files.has(path)) {
        this.open(path, "");
        this.begun.push(path);
      }
      const state = this.state(path);
      this.files.get(path).original ??= this.text(path);
      const changes = edits.map((edit) => ({
        from: offset_at(state.doc, edit.start_line, edit.start_column),
        to: offset_at(state.doc, edit.end_line, edit.end_column),
        insert: edit.replacement,
      }));
      this.dispatch(path, { changes, annotations: isolateHistory.of("full"), userEvent: "input.fix" });
      const steps = (this.last_edits.get(path)?.steps ?? 0) + 1;
      this.last_edits.set(path, { doc: this.state(path).doc, steps });
      changed ||= !this.state(path).doc.eq(state.doc);
      const moved = state.changes(changes);
      for (const { from, to, insert } of changes) {
        const place = placeholder_in(insert, state.sliceDoc(from, to));
        const start = moved.mapPos(from, -1);
        if (place) this.placeholder ??= { path, anchor: start + place.from, head: start + place.to };
      }
    }
    return changed;
  }

  /** Selects what the last edits leave to be filled in. Says in which file that is, when there is such a place. */
  select_placeholder() {
    if (!this.placeholder) return undefined;
    const { path, anchor, head } = this.placeholder;
    this.show(path);
    this.view.dispatch({ selection: { anchor, head }, effects: EditorView.scrollIntoView(anchor, { y: "center" }) });
    return path;
  }

  /**
   * Takes the last edits back in every file that has not been touched since.
   *
   * @returns {string[]} files that began with them and are empty again
   */
  undo_edits() {
    for (const [path, { doc, steps }] of this.last_edits) {
      if (!this.state(path)?.doc.eq(doc)) continue;
      const file = this.files.get(path);
      for (let step = 0; step < steps; step += 1) {
        if (path === this.current) undo(this.view);
        else undo({ state: file.state, dispatch: (transaction) => this.replace_parked(path, file, transaction) });
      }
    }
    this.last_edits.clear();
    return this.begun.splice(0).filter((path) => this.state(path)?.doc.length === 0);
  }

  /** The files that are other than they were, in order of path: what a patch or a zip of them is made of. */
  changes() {
    const changed = [];
    for (const [path, { text, original }] of this.files) {
      // Nobody has looked at it, or it began here.
      if (text === original || original === null) continue;
      const after = this.text(path);
      if (with_one_line_break(original) !== with_one_line_break(after)) changed.push({ path, before: original, after });
    }
    return changed.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Lets go of every text, also of those that `undo_edits` could bring back. */
  forget() {
    this.close_all();
    this.last_edits.clear();
    this.selected = { path: "", index: -1 };
    this.view.setState(this.new_state(""));
  }

  /** Everything that is open, to be brought back by `restore`. States never change, so this costs nothing. */
  snapshot() {
    this.park();
    return { current: this.current, files: new Map(Array.from(this.files, ([path, file]) => [path, { ...file }])) };
  }

  restore(snapshot) {
    this.files = new Map(snapshot.files);
    this.current = "";
    this.show(snapshot.current);
  }

  /** The open files in the given order; nothing, when they are more than a link can hold. */
  project(paths) {
    const files = [];
    let length = 0;
    for (const path of paths) {
      const text = this.text(path);
      length += text.length;
      if (length > MOST_SHARED) return undefined;
      files.push({ path, text });
    }
    return { current: this.current, files };
  }

  /**
   * Asks the worker for an audit, and hands over the texts that changed, which do not pass through the application.
   *
   * @param {Worker} worker
   * @param {{revision: number, removed: string[], options?: object}} request
   * @param {string[]} changed
   */
  async request(worker, request, changed) {
    let { removed } = request;
    let texts = [];
    let length = 0;
    try {
      for (const path of changed) {
        // Closed meanwhile: the next request says so.
        if (!this.files.has(path)) continue;
        const text = this.text(path);
        texts.push({ path, text });
        length += text.length;
        if (length < BATCH) continue;
        worker.postMessage({ kind: "files", removed, changed: texts });
        [removed, texts, length] = [[], [], 0];
        await breathe();
      }
      worker.postMessage({ ...request, kind: "audit", removed, changed: texts });
    } catch (error) {
      // As if the worker itself had failed.
      worker.dispatchEvent(new ErrorEvent("error", { message: String(error) }));
    }
  }

  /** Whether the files are more than what is kept for the next visit. */
  is_too_large(paths) {
    let length = 0;
    for (const path of paths) length += this.length(path);
    return length > MOST_KEPT;
  }

  /** The open files as JSON, in the given order, for the next visit; of too many only how many they were. */
  session(paths) {
    if (this.is_too_large(paths)) return JSON.stringify({ too_large: paths.length });
    const changes = new Map(this.changes().map(({ path, before }) => [path, before]));
    const files = paths.map((path) => ({ path, text: this.text(path), original: changes.get(path) }));
    return JSON.stringify({ current: this.current, files });
  }
}
