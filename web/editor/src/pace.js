// Long work in short pieces, so that the page answers between them.

/** Work for so long at a stretch, in milliseconds. */
const STRETCH = 8;

let since = 0;

/** Lets the page do what waits, if it is time. */
export async function breathe() {
  if (performance.now() - since < STRETCH) return;
  await new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    // Timers are slowed down after a few, messages are not.
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
  since = performance.now();
}
