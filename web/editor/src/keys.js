// Keys of the page, named as `web/src/shortcuts.rs` names them: "F8", "Shift+F8", "Ctrl+.", "?".

/** Where what is typed belongs to something else: fields, the editor, what stands open above the page. */
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable], [popover], dialog";

/**
 * @param {(key: string, in_field: boolean) => boolean} pressed says whether the key meant something
 */
export function watch_keys(pressed) {
  addEventListener("keydown", (event) => {
    // Inside the editor its own key bindings come first.
    if (event.defaultPrevented || event.isComposing) return;
    const in_field = event.composedPath().some((node) => node instanceof Element && node.matches(FIELDS));
    if (document.querySelector("dialog:modal")) return;
    if (pressed(name_of(event), in_field)) event.preventDefault();
  });
}

function name_of(event) {
  // Of a character the keyboard's layout decides whether Shift is needed.
  const shift = event.shiftKey && event.key.length > 1;
  const parts = [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shift && "Shift", event.key];
  return parts.filter(Boolean).join("+");
}

/** Whether the focus is inside an element, or in the shadow root of one inside it. */
export function has_focus(element) {
  return element.contains(document.activeElement);
}
