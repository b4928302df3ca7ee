// What was typed before the application was there: index.html has a plain field for it, which lies over the application.

/**
 * Takes the field away and says what it held. The caller puts it into the editor before it returns to the browser, so
 * that no key falls between.
 *
 * @returns {{text: string, anchor: number, head: number, focused: boolean} | undefined}
 */
export function take_early() {
  const area = document.getElementById("early");
  if (!area) return undefined;
  const { value: text, selectionStart: anchor, selectionEnd: head } = area;
  const focused = document.activeElement === area;
  document.getElementById("boot").remove();
  return { text, anchor, head, focused };
}
