// What the page asks of the screen.

/** @param {"light" | "dark" | "system"} theme */
export function apply_theme(theme) {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** Whether list and detail stand side by side; the same width as in `styles/layout.css`. */
export function prefers_wide() {
  return matchMedia("(min-width: 75rem) and (min-height: 28rem)").matches;
}
