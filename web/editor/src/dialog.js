// Dialogs, as the browser brings them: modal, with the focus inside, closed by Escape.

/**
 * @param {HTMLDialogElement} dialog
 * @param {() => void} closed
 */
export function open_dialog(dialog, closed) {
  dialog.addEventListener("close", () => closed());
  // A second one would throw, and a dialog that was taken out of the page cannot be opened.
  if (dialog.isConnected && !dialog.open) dialog.showModal();
}

/** Closes the dialog that is open, which gives the focus back. */
export function close_dialog() {
  const open = document.querySelectorAll("dialog[open]");
  open[open.length - 1]?.close();
}
