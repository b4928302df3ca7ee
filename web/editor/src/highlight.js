// Colours for Python outside the editor: in the rules' documentation.

import { pythonLanguage } from "@codemirror/lang-python";
import { highlightCode } from "@lezer/highlight";

import { classes } from "./theme.js";

/** Longer code is shown without colours. */
const LONGEST_CODE = 20_000;

/**
 * @param {string} code
 * @returns {string[]} text and class by turns; an empty class for plain text
 */
export function highlight_python(code) {
  if (code.length > LONGEST_CODE) return [code, ""];
  const pieces = [];
  highlightCode(
    code,
    pythonLanguage.parser.parse(code),
    classes,
    (text, names) => pieces.push(text, names),
    () => pieces.push("\n", ""),
  );
  return pieces;
}
