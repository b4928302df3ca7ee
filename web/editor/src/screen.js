// What the page asks of the screen.

/** Sets an attribute of the page; an empty value takes it away. */
export function apply_choice(name, value) {
  if (value) document.documentElement.setAttribute(`data-${name}`, value);
  else document.documentElement.removeAttribute(`data-${name}`);
}

export const browser_language = () => navigator.language ?? "";

/** Tells screen readers and the browser which language the page speaks. */
export function set_language(tag) {
  document.documentElement.lang = tag;
}

/** Whether list and detail stand side by side; the same width as in `styles/layout.css`. */
export function prefers_wide() {
  return matchMedia("(min-width: 75rem) and (min-height: 28rem)").matches;
}

/** Whether the tree of files stands beside the editor; the same width as in `styles/files.css`. */
export function prefers_tree() {
  return matchMedia("(min-width: 62rem) and (min-height: 28rem)").matches;
}

/** Scrolls to the row of a tree that keys lead to, and gives it the focus if asked to. */
export function show_row(tree, focus) {
  const row = tree.querySelector('[tabindex="0"]');
  row?.scrollIntoView({ block: "nearest" });
  if (focus) row?.focus({ preventScroll: true });
}
