// Answers for the pages of check-in while there is no network: with one page that knows nobody, and what that needs.
// Nothing else is ever kept: no page of a person, no name. Signing out clears it with the browser's storage.

const KEPT = "check-in", SHELL = "/check-in/offline";

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => found(SHELL)));
  else if (url.pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(() => found(request)));
});

async function fill() {
  await caches.delete(KEPT);
  const cache = await caches.open(KEPT), answer = await fetch(SHELL, { cache: "reload", credentials: "omit" });
  if (!answer.ok) throw new Error(`${SHELL}: ${answer.status}`);
  const text = await answer.clone().text();
  await cache.put(SHELL, answer);
  const needed = new Set([...text.matchAll(/(?:src|href)="(\/static\/[^"#]+)/g)].map((match) => match[1]));
  await cache.addAll(needed);
}

async function found(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? Response.error();
}
