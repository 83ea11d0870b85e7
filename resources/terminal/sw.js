// Lets the page open without a network, so that orders can be read and steps kept. The network always comes first:
// what is kept is only ever a copy of the last visit. Nothing but this folder's own files is touched.

const KEPT = "wangge-terminal";
const PATIENCE_MS = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method === "GET" && request.url.startsWith(self.registration.scope)) event.respondWith(answer(request));
});

async function answer(request) {
  const kept = await caches.open(KEPT);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (fresh.ok) await kept.put(request, fresh.clone());
    return fresh;
  } catch (error) {
    const copy = await kept.match(request, { ignoreSearch: true });
    if (copy) return copy;
    throw error; // never visited before: the browser says that there is no network
  }
}
