// Findings inside the editor: underlined spans, marks in the gutter, a message under the pointer.

import { RangeSet, StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, GutterMarker, gutter, hoverTooltip } from "@codemirror/view";

import { shape } from "./shapes.js";

/**
 * One finding's span in one file. Lines and columns are counted from 1, columns in UTF-16 units.
 *
 * @typedef {{index: number, severity: "critical" | "warning" | "suggestion", word: string, message: string,
 *   rule: string, fix: string | null, start_line: number, start_column: number, end_line: number,
 *   end_column: number}} Mark
 */

/** Replaces the marks of a file. */
export const set_marks = StateEffect.define();

/** Emphasises the mark with this index; -1 for none. */
export const select_mark = StateEffect.define();

/** The offset of a line and column, as near as the text allows. */
export function offset_at(doc, line, column) {
  if (line < 1) return 0;
  if (line > doc.lines) return doc.length;
  const { from, to } = doc.line(line);
  return Math.min(Math.max(from, from + column - 1), to);
}

const RANK = { critical: 0, warning: 1, suggestion: 2 };

class SeverityMarker extends GutterMarker {
  constructor(mark) {
    super();
    this.mark = mark;
  }

  eq(other) {
    return this.mark.severity === other.mark.severity && this.mark.message === other.mark.message;
  }

  toDOM() {
    const drawn = shape(this.mark.severity);
    const title = document.createElementNS(drawn.namespaceURI, "title");
    title.textContent = `${this.mark.word}: ${this.mark.message}`;
    drawn.prepend(title);
    return drawn;
  }
}

const EMPTY = { spans: Decoration.none, gutter: RangeSet.empty, selected: -1, selection: Decoration.none };

/** Spans as they moved with the text since the audit that made them. */
export const marks_field = StateField.define({
  create: () => EMPTY,
  update(value, transaction) {
    let next = value;
    if (transaction.docChanged) {
      next = {
        ...next,
        spans: next.spans.map(transaction.changes),
        gutter: next.gutter.map(transaction.changes),
        selection: next.selection.map(transaction.changes),
      };
    }
    for (const effect of transaction.effects) {
      if (effect.is(set_marks)) next = with_marks(next, effect.value, transaction.state.doc);
      if (effect.is(select_mark)) next = with_selected(next, effect.value);
    }
    return next;
  },
  provide: (field) => [
    EditorView.decorations.from(field, (value) => value.spans),
    EditorView.decorations.from(field, (value) => value.selection),
  ],
});

/** Longer spans are marked at their beginning. */
const MOST_LINES = 100;

/** A span line by line, without what the lines are indented by. */
function* pieces(doc, from, to) {
  const first = doc.lineAt(from).number;
  const last = Math.min(doc.lineAt(to).number, first + MOST_LINES);
  for (let number = first; number <= last; number += 1) {
    const line = doc.line(number);
    const indent = number === first ? 0 : line.text.search(/\S|$/);
    const start = Math.max(from, line.from + indent);
    const end = Math.min(to, line.to);
    if (start < end) yield [start, end];
  }
}

function with_marks(value, marks, doc) {
  const spans = [];
  /** The worst mark of each line, by the line's start. */
  const lines = new Map();
  for (const mark of marks) {
    let from = offset_at(doc, mark.start_line, mark.start_column);
    let to = offset_at(doc, mark.end_line, mark.end_column);
    const line = doc.lineAt(from);
    const known = lines.get(line.from);
    if (!known || RANK[mark.severity] < RANK[known.severity]) lines.set(line.from, mark);
    // A span without width cannot be seen: show the character after it, else the one before.
    if (to <= from) to = Math.min(from + 1, line.to);
    if (to <= from) from = Math.max(line.from, to - 1);
    for (const [start, end] of pieces(doc, from, to)) {
      spans.push(
        Decoration.mark({ class: `cm-finding cm-finding-${mark.severity}`, finding: mark }).range(start, end),
      );
    }
  }
  const markers = Array.from(lines, ([from, mark]) => new SeverityMarker(mark).range(from));
  return with_selected(
    { ...value, spans: Decoration.set(spans, true), gutter: RangeSet.of(markers, true) },
    value.selected,
  );
}

function with_selected(value, selected) {
  let selection = Decoration.none;
  if (selected >= 0) {
    const chosen = [];
    value.spans.between(0, Infinity, (from, to, { spec }) => {
      if (spec.finding.index !== selected) return;
      const name = `cm-finding-${spec.finding.severity} cm-finding-selected`;
      chosen.push(Decoration.mark({ class: name }).range(from, to));
    });
    selection = Decoration.set(chosen);
  }
  return { ...value, selected, selection };
}

/** The marks around an offset, the narrowest first; of a span over several lines, its part on this one. */
export function marks_at(state, offset) {
  const found = [];
  state.field(marks_field).spans.between(offset, offset, (from, to, { spec }) => {
    found.push({ from, to, mark: spec.finding });
  });
  return found.sort((a, b) => a.to - a.from - (b.to - b.from));
}

/**
 * @param {{pick: (index: number) => void, fix: (index: number) => void}} events
 * @param {{fix: string}} words
 */
export function marks(events, words) {
  return [
    marks_field,
    gutter({
      class: "cm-finding-gutter",
      markers: (view) => view.state.field(marks_field).gutter,
      initialSpacer: () => new SeverityMarker({ severity: "suggestion", word: "", message: "" }),
      domEventHandlers: {
        mousedown(view, line) {
          let picked = false;
          view.state.field(marks_field).gutter.between(line.from, line.from, (_from, _to, marker) => {
            picked = true;
            events.pick(marker.mark.index);
          });
          return picked;
        },
      },
    }),
    hoverTooltip((view, offset) => {
      const found = marks_at(view.state, offset);
      if (found.length === 0) return null;
      return {
        pos: Math.max(...found.map(({ from }) => from)),
        end: Math.min(...found.map(({ to }) => to)),
        create: () => ({ dom: hover(found, events, words) }),
      };
    }),
  ];
}

function hover(found, events, words) {
  const dom = document.createElement("div");
  for (const { mark } of found) {
    const part = dom.appendChild(element("div", "cm-finding-hover"));
    const head = part.appendChild(element("p", "cm-finding-hover-head"));
    head.append(shape(mark.severity), mark.word);
    part.appendChild(element("p", "")).append(...with_code(mark.message));
    part.appendChild(element("p", "cm-finding-hover-rule")).textContent = mark.rule;
    if (mark.fix !== null) {
      const button = part.appendChild(element("button", ""));
      button.type = "button";
      button.append(`${words.fix}: `, ...with_code(mark.fix));
      button.addEventListener("click", () => events.fix(mark.index));
    }
  }
  return dom;
}

/** Names from the code stand between backticks. */
function with_code(text) {
  return text.split("`").map((part, place) => {
    if (place % 2 === 0) return part;
    const code = element("code", "");
    code.textContent = part;
    return code;
  });
}

function element(name, className) {
  const made = document.createElement(name);
  if (className) made.className = className;
  return made;
}
