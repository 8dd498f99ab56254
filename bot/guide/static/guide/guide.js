// Keeps a copy of the guide in the browser, so that it can be read without a connection (worker.js). No word that a person
// reads is written here: all of them stand in the page.
//
// The copy is saved by itself and not at the touch of a button: people come here once, where there happens to be a
// connection, and do not think of the road ahead. Whoever searches the phone learns from it what the browser's history and
// cache tell anyway: that this page, which is the same for everybody, was opened. But that is said, beside a button that
// deletes the copy; after that, this tab saves none until it is closed.
"use strict";

(() => {
  const WORKER = "/guide/worker.js";
  const SCOPE = "/guide/";
  const KEPT = "faro-guide-"; // and the language; the same as in worker.js
  const REFUSED = "faro_guide_not_kept"; // sessionStorage: ends with the tab and leaves no trace of the wish to leave none

  const root = document.documentElement;
  const states = [...document.querySelectorAll("[data-kept]")];
  const state = (name) => states.find((one) => one.dataset.kept === name);
  const control = new AbortController();

  if (!navigator.serviceWorker || !window.caches || states.length === 0) return;

  // Some browsers forbid storage; then nothing is saved either.
  function refused() {
    try {
      return sessionStorage.getItem(REFUSED) !== null;
    } catch {
      return true;
    }
  }

  // The parts of the page that it cannot be shown without.
  const parts = (page) =>
    [...page.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], img[src]")].map(
      (one) => new URL(one.getAttribute("href") || one.getAttribute("src"), location.origin).href,
    );

  async function save() {
    const path = SCOPE + root.lang;
    const response = await fetch(path, { signal: control.signal });
    const html = await response.text();
    const page = new DOMParser().parseFromString(html, "text/html");
    if (!response.ok || !page.querySelector("[data-kept]")) return false; // not the guide, but an error in its place
    const cache = await caches.open(KEPT + root.lang);
    const needed = parts(page);
    for (const address of needed) if (!(await cache.match(address))) await cache.add(address);
    const headers = new Headers(response.headers);
    for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name); // of what came over the network
    const date = new Date(response.headers.get("Date") || Date.now()).toISOString();
    if (control.signal.aborted) return false;
    await cache.put(path, new Response(html.replace("<html ", `<html data-saved="${date}" `), { headers }));
    for (const { url } of await cache.keys())
      if (!needed.includes(url) && new URL(url).pathname !== path) await cache.delete(url);
    await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
    return true;
  }

  async function forget() {
    try {
      sessionStorage.setItem(REFUSED, "1");
    } catch {
      // Then nothing is saved in this browser, see refused().
    }
    control.abort();
    await saving;
    for (const name of await caches.keys()) if (name.startsWith(KEPT)) await caches.delete(name);
    for (const one of await navigator.serviceWorker.getRegistrations())
      if (new URL(one.scope).pathname === SCOPE) await one.unregister();
    for (const one of states) one.hidden = one !== state("forgotten");
    state("forgotten").focus(); // the button that had the focus is gone
  }

  if (root.dataset.saved) {
    const time = state("copy").querySelector("time");
    time.dateTime = root.dataset.saved;
    time.textContent = new Date(root.dataset.saved).toLocaleDateString(root.lang, { dateStyle: "long" });
    state("copy").hidden = false;
    state("saved").hidden = false;
  }
  state("saved").querySelector("button").addEventListener("click", forget);

  // Not kept up: without connection the copy that there is stays as it was, and without storage there is none.
  const saving = (refused() ? Promise.resolve(false) : save()).catch(() => false);
  saving.then((saved) => {
    if (saved && !control.signal.aborted) state("saved").hidden = false;
  });
})();
