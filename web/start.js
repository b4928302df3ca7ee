// Runs before everything else: sets the theme, so that nothing flashes, and says so when the page cannot start.

try {
  const theme = localStorage.getItem("claimcheck.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // No storage: the system's theme.
}

{
  let started = false;
  addEventListener("TrunkApplicationStarted", () => (started = true));

  const fail = (reason) => {
    document.getElementById("failure-reason").textContent = reason;
    if (started) {
      document.getElementById("failure").firstElementChild.textContent = "Claimcheck has stopped working";
      document.getElementById("failure-advice").textContent = "Your text is kept and comes back when you load the page again.";
    }
    document.getElementById("failure").hidden = false;
    document.getElementById("app").hidden = true;
  };

  addEventListener(
    "error",
    (event) => {
      // A script that did not load, an exception while starting, or later a trap of the page's own WebAssembly.
      const script = event.target instanceof HTMLScriptElement ? event.target.src : "";
      if (script) fail(script);
      else if (event.error && (!started || event.error instanceof WebAssembly.RuntimeError)) fail(String(event.error));
    },
    { capture: true },
  );
  addEventListener("unhandledrejection", (event) => {
    if (!started || event.reason instanceof WebAssembly.RuntimeError) fail(String(event.reason));
  });
}
