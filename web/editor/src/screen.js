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
