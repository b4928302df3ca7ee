// How code looks. Colours are custom properties of the page, which reach into the shadow root: switching between
// light and dark touches nothing here.

import { EditorView } from "@codemirror/view";
import { tagHighlighter, tags } from "@lezer/highlight";

/** Names of the page's own classes, also used outside the editor. */
export const classes = tagHighlighter([
  { tag: tags.keyword, class: "code-keyword" },
  { tag: [tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword], class: "code-keyword" },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: "code-string" },
  { tag: [tags.number, tags.bool, tags.null], class: "code-constant" },
  { tag: tags.comment, class: "code-comment" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)], class: "code-definition" },
  { tag: tags.function(tags.variableName), class: "code-call" },
  { tag: tags.meta, class: "code-decorator" },
]);

const severity_colours = (name) => ({
  [`.cm-finding-${name}`]: { textDecorationColor: `var(--${name})` },
  [`.cm-finding-${name}.cm-finding-selected`]: { backgroundColor: `var(--${name}-tint)` },
  [`.shape-${name}`]: { color: `var(--${name})` },
});

export const theme = EditorView.theme({
  "&": {
    height: "100%",
    color: "var(--text)",
    backgroundColor: "var(--code-background)",
    fontSize: "var(--code-size)",
  },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--monospace)", lineHeight: "var(--code-leading)", overscrollBehavior: "contain" },
  ".cm-content": { padding: "0.5rem 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 1rem 0 0.375rem" },
  ".cm-cursor": { borderLeftColor: "var(--text)", borderLeftWidth: "2px" },
  ".cm-placeholder": { color: "var(--text-quiet)", fontFamily: "var(--sans)" },

  ".cm-gutters": {
    backgroundColor: "var(--code-background)",
    color: "var(--text-quiet)",
    border: "none",
  },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.25rem", padding: "0 0.25rem 0 0" },
  ".cm-activeLine": { backgroundColor: "var(--code-line)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--code-line)", color: "var(--text)" },
  ".cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": {
    backgroundColor: "var(--code-selection)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "transparent",
    outline: "1px solid var(--line-strong)",
  },
  ".cm-selectionMatch": { backgroundColor: "var(--code-match)" },
  ".cm-searchMatch": { backgroundColor: "var(--code-match)", outline: "1px solid var(--line-strong)" },

  ".cm-finding": {
    textDecorationLine: "underline",
    textDecorationStyle: "wavy",
    textDecorationThickness: "1.5px",
    textUnderlineOffset: "3px",
    textDecorationSkipInk: "none",
  },
  ".cm-finding-suggestion": { textDecorationStyle: "dotted" },
  ".cm-finding-selected": { borderRadius: "2px" },
  ".cm-finding-gutter": { width: "1.375rem" },
  ".cm-finding-gutter .cm-gutterElement": { display: "flex", justifyContent: "center", cursor: "pointer" },
  ".shape": { width: "0.875rem", height: "calc(var(--code-leading) * 1em)", flex: "none" },
  ...severity_colours("critical"),
  ...severity_colours("warning"),
  ...severity_colours("suggestion"),

  ".cm-tooltip": {
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
    borderRadius: "6px",
    boxShadow: "var(--shadow)",
    maxWidth: "min(32rem, 90vw)",
    fontFamily: "var(--sans)",
    fontSize: "0.875rem",
  },
  ".cm-finding-hover": { padding: "0.5rem 0.75rem", display: "grid", gap: "0.25rem" },
  ".cm-finding-hover + .cm-finding-hover": { borderTop: "1px solid var(--line)" },
  ".cm-finding-hover p": { margin: "0", lineHeight: "1.4" },
  ".cm-finding-hover-head": { display: "flex", alignItems: "center", gap: "0.375rem", fontWeight: "600" },
  ".cm-finding-hover code": { fontFamily: "var(--monospace)", fontSize: "0.92em" },
  ".cm-finding-hover .cm-finding-hover-rule": {
    fontFamily: "var(--monospace)",
    fontSize: "0.8125rem",
    color: "var(--text-quiet)",
  },
  ".cm-finding-hover button": {
    justifySelf: "start",
    font: "inherit",
    color: "var(--accent)",
    background: "none",
    border: "none",
    padding: "0.125rem 0",
    cursor: "pointer",
    textDecoration: "underline",
    textUnderlineOffset: "2px",
  },

  ".cm-panels": { backgroundColor: "var(--surface)", color: "var(--text)", fontFamily: "var(--sans)" },
  ".cm-panels-top": { borderBottom: "1px solid var(--line)" },
  ".cm-textfield": {
    backgroundColor: "var(--code-background)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    border: "1px solid var(--line-strong)",
    borderRadius: "4px",
  },
  ".cm-panel.cm-search [name=close]": { color: "var(--text)" },

  ".code-keyword": { color: "var(--code-keyword)" },
  ".code-string": { color: "var(--code-string)" },
  ".code-constant": { color: "var(--code-constant)" },
  ".code-comment": { color: "var(--code-comment)", fontStyle: "italic" },
  ".code-definition": { color: "var(--code-definition)" },
  ".code-call": { color: "var(--code-call)" },
  ".code-decorator": { color: "var(--code-decorator)" },
});
