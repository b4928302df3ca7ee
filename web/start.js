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

// What the page says before the application is there, in the other language that it speaks: see web/src/strings.rs.
const GERMAN = {
  loading: "Lädt …",
  early_label: "Python-Code",
  early: "Code eines FastAPI-Dienstes tippen oder einfügen. Die Prüfung beginnt gleich.",
  failure: "Claimcheck konnte nicht starten",
  stopped: "Claimcheck arbeitet nicht mehr",
  advice: "Es braucht einen Browser ab 2024 mit WebAssembly.",
  kept: "Der Text ist gespeichert und nach dem Neuladen wieder da.",
  reload: "Seite neu laden",
};

const speaks_german = (() => {
  let chosen = "system";
  try {
    chosen = localStorage.getItem("claimcheck.language") ?? "system";
  } catch {
    // No storage: as the browser.
  }
  return /^de\b/.test(chosen === "system" ? navigator.language : chosen);
})();

if (speaks_german) {
  document.documentElement.lang = "de";
  // As soon as they are there: the field may be typed into long before the page is complete.
  new MutationObserver((_, observer) => {
    for (const element of document.querySelectorAll("[data-word]")) {
      const word = GERMAN[element.dataset.word];
      delete element.dataset.word;
      if (element instanceof HTMLTextAreaElement) {
        element.placeholder = word;
        element.setAttribute("aria-label", GERMAN.early_label);
      } else {
        element.textContent = word;
      }
    }
    if (document.readyState !== "loading") observer.disconnect();
  }).observe(document, { childList: true, subtree: true });
}

{
  let started = false;
  addEventListener("TrunkApplicationStarted", () => (started = true));

  const fail = (reason) => {
    document.getElementById("failure-reason").textContent = reason;
    if (started) {
      document.getElementById("failure").firstElementChild.textContent = speaks_german
        ? GERMAN.stopped
        : "Claimcheck has stopped working";
      document.getElementById("failure-advice").textContent = speaks_german
        ? GERMAN.kept
        : "Your text is kept and comes back when you load the page again.";
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
