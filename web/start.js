// Runs before everything else: sets the chosen look, so that nothing flashes, makes the page one that can be installed, and says
// so when it cannot start.

try {
  for (const name of ["theme", "text-size", "density"]) {
    const value = localStorage.getItem(`claimcheck.${name}`);
    if (/^[a-z]+$/.test(value ?? "")) document.documentElement.setAttribute(`data-${name}`, value);
  }
} catch {
  // No storage: the page as it comes.
}

// For those who install the page. It is made here because a manifest with a name would be fetched after the seal.
try {
  const manifest = JSON.parse(document.getElementById("manifest").textContent);
  if (isSecureContext && location.protocol !== "file:" && window.top === window) {
    for (const name of ["id", "start_url", "scope"]) manifest[name] = new URL(manifest[name], document.baseURI).href;
    const link = document.createElement("link");
    link.rel = "manifest";
    link.href = URL.createObjectURL(new Blob([JSON.stringify(manifest)], { type: "application/manifest+json" }));
    document.head.append(link);
  }
} catch {
  // Then it cannot be installed.
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
    const failure = document.getElementById("failure");
    const early = document.getElementById("early");
    if (early?.value) failure.append(early);
    document.getElementById("boot")?.remove();
    failure.hidden = false;
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
