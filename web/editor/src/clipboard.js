// Copying, which a sandboxed frame or an old browser may refuse.

/** @returns {Promise<boolean>} whether the text is in the clipboard */
export async function copy_text(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copy_by_selection(text);
  }
}

function copy_by_selection(text) {
  const area = document.createElement("textarea");
  area.className = "offscreen";
  area.value = text;
  area.setAttribute("aria-hidden", "true");
  // What stands outside of an open dialog cannot be selected.
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  let copied = false;
  try {
    copied = document.execCommand("copy");
  } catch {
    copied = false;
  }
  area.remove();
  return copied;
}
