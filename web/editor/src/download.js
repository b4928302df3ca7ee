// What leaves the page on its user's word: files made here, without a request.

import { zipSync } from "fflate";

/** The browser needs the address until the file is written; there is no event that tells. */
const KEEP_ADDRESS_MS = 60_000;

/**
 * @param {string} name
 * @param {string} type
 * @param {string | Uint8Array} content
 */
export function download(name, type, content) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEEP_ADDRESS_MS);
}

/**
 * A zip of the files as they are now.
 *
 * @param {{path: string, after: string}[]} changes
 * @returns {Uint8Array}
 */
export function zip_of(changes) {
  const encoder = new TextEncoder();
  const entries = changes.map(({ path, after }) => [path, encoder.encode(after)]);
  return zipSync(Object.fromEntries(entries), { level: 6 });
}

/**
 * Prints a document that the auditor wrote. It stands in the page for that long, in a shadow root of its own: a frame
 * or a window would have to be loaded, and its styles with it.
 *
 * @param {string} html
 */
export function print_document(html) {
  document.querySelector(".print")?.remove();
  // The auditor writes one style element. Parsed, it would be an inline style, which the policy refuses.
  const [, css, body] = html.split(/<\/?style>/);
  const written = new DOMParser().parseFromString(body, "text/html");
  const host = document.createElement("div");
  host.className = "print";
  const root = host.attachShadow({ mode: "open" });
  const styles = new CSSStyleSheet();
  styles.replaceSync(css);
  root.adoptedStyleSheets = [styles];
  root.append(...written.body.children);
  document.body.append(host);
  addEventListener("afterprint", () => host.remove(), { once: true });
  print();
}
