// The guide without a connection. This worker answers for /guide/ alone and never writes: the page saves and deletes the
// copies (guide.js), so that nothing brings back what somebody deleted.
"use strict";

const KEPT = "faro-guide-"; // and the language; the same as in guide.js

// Milliseconds until the copy is shown instead: on the slowest mobile networks (2G, 0.7 s there and back) a new secure
// connection and its first answer take four ways there and back. Whoever has such a connection should see the newest facts.
const PATIENCE = 3000;

// Errors that are the site's answer: there is no such page any more. Any other, such as too many visits from the one
// connection that a shelter shares, is no reason to keep the copy from somebody.
const GONE = [404, 410];

// There is nothing in an older worker to wait for.
self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, address.pathname));
  else if (address.pathname.startsWith("/static/")) event.respondWith(part(request));
});

// From the network when it answers in time, else the copy. Without a copy, whatever the network does.
async function page(request, path) {
  const copy = await kept(path);
  if (!copy) return fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  try {
    const fresh = await Promise.race([fetch(request), late]);
    if (fresh && (fresh.status < 400 || GONE.includes(fresh.status))) return fresh;
  } catch {
    // No connection: that is what the copy is for.
  }
  return copy;
}

async function kept(path) {
  if (path !== "/guide/") return caches.match(path, { ignoreVary: true });
  // The door leads to a language. Without connection: to one of which there is a copy, best one that the browser asks for.
  const languages = [];
  for (const cacheName of await caches.keys()) {
    const code = cacheName.slice(KEPT.length);
    // A cache without the page: the connection ended while it was saved.
    if (cacheName.startsWith(KEPT) && (await caches.match(`/guide/${code}`, { cacheName }))) languages.push(code);
  }
  const wanted = navigator.languages.map((tag) => tag.split("-")[0]).find((code) => languages.includes(code));
  return languages.length ? Response.redirect(`/guide/${wanted || languages[0]}`) : undefined;
}

// Addresses of static files carry a digest of their content: what has the same address is the same.
async function part(request) {
  return (await caches.match(request, { ignoreVary: true })) || fetch(request);
}
