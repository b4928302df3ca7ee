// Keeps one version of the site in the browser's cache and answers from there, so that the page starts without a
// network. `web/finish.mjs` says which files these are; this script's name carries a hash over all of them.
//
// The seal of the page does not bind it. So it listens to nobody: it has no `message` handler, and it asks for nothing
// but the files of its list.

/* global CACHE_VERSION, FILES */

const PREFIX = `claimcheck ${self.registration.scope} `;
const CACHE = PREFIX + CACHE_VERSION;
const addresses = new Set(FILES.map((name) => new URL(name, self.registration.scope).href));

const install = async () => {
  const cache = await caches.open(CACHE);
  // The page alone has a name that stays: the network is asked whether it changed.
  await cache.addAll([...addresses].map((address) => new Request(address, { cache: address === self.registration.scope ? "no-cache" : "default" })));
  // A page that was loaded by an earlier version needs nothing more.
  await self.skipWaiting();
};

const forget_earlier_versions = async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
};

const answer = async (address, request) => {
  const cache = await caches.open(CACHE);
  return (await cache.match(address)) ?? (await fetch(request));
};

addEventListener("install", (event) => event.waitUntil(install()));

addEventListener("activate", (event) => event.waitUntil(forget_earlier_versions()));

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const address = url.replace(/[?#].*$/, "").replace(/\/index\.html$/, "/");
  if (method === "GET" && addresses.has(address)) event.respondWith(answer(address, event.request));
});
