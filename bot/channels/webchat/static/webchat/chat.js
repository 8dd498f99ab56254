// The web chat. The page works without this script; with it, answers arrive by themselves, nothing is lost when the
// connection is, and the language changes in place. No word that a person reads is written here: all of them stand in the
// page (data-word), so that there is one place for them, content/interface.yml.
"use strict";

(() => {
  const WAIT = 20; // seconds that a poll waits at the server
  const PATIENCE = 15; // more seconds until a request counts as lost
  const LONGEST_PAUSE = 30; // seconds between two attempts without connection
  const QUIET = 300; // seconds without news after which polls become rare, because data costs money
  const LOCATING = 12; // seconds that the telephone gets to find out where it is
  const SHARE = "location:share"; // id of the button that offers the position
  const KEPT = "faro_unsent"; // sessionStorage: ends with the tab, survives a reload

  const list = document.getElementById("messages");
  const form = document.getElementById("say");
  const box = document.getElementById("text");
  const states = [...document.querySelectorAll("[data-state]")];
  const languages = document.getElementById("language");
  const still = matchMedia("(prefers-reduced-motion: reduce)");

  let cursor = Number(list.dataset.cursor); // n of the last message that we have
  let held = "held" in list.dataset; // whether somebody of the team has the conversation, so that Faro does not answer
  let talking = cursor > 0; // before the first message there is nothing to poll for
  let unsent = []; // {id, text, choice?, location?, refused?}, oldest first
  let delivering = false;
  let listening = false;
  let poll = null; // AbortController of the poll that is open
  let lastNews = Date.now();

  // ---- Waiting -------------------------------------------------------------------------------------------------------

  const sleepers = new Set();

  // Resolves after some seconds, or as soon as something happens that makes another attempt worth while.
  const pause = (seconds) =>
    new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, seconds * 1000);
      sleepers.add(wake);
    });
  const wakeAll = () => [...sleepers].forEach((wake) => wake());
  const backOff = (failures) => pause(Math.min(2 ** (failures - 1), LONGEST_PAUSE));

  // fetch() with an end: on a dying mobile connection a request may stay open for minutes.
  async function request(address, options, seconds, control = new AbortController()) {
    const timer = setTimeout(() => control.abort(), seconds * 1000);
    try {
      const response = await fetch(address, { credentials: "same-origin", ...options, signal: control.signal });
      return { status: response.status, body: await response.text() };
    } finally {
      clearTimeout(timer);
    }
  }

  // ---- What the page shows ---------------------------------------------------------------------------------------------

  // One state at a time; "" for none. The line is a live region, so changing it is also heard.
  function show(name) {
    for (const state of states) state.hidden = state.dataset.state !== name;
  }

  // What is shown when there is nothing else to say, and while an answer is awaited.
  const rest = () => show(held ? "held" : "");
  const expect = () => show(held ? "held" : "writing");

  const showing = (name) => states.some((state) => state.dataset.state === name && !state.hidden);

  // Text of an answer as text nodes, with the links that the server found in it ([start, end, address]).
  function fill(element, text, links) {
    let done = 0;
    for (const [start, end, address] of links || []) {
      if (!/^(tel:|mailto:|https:)/.test(address)) continue;
      const link = document.createElement("a");
      link.href = address;
      if (address.startsWith("https:")) link.rel = "noopener noreferrer";
      link.append(text.slice(start, end));
      element.append(text.slice(done, start), link);
      done = end;
    }
    element.append(text.slice(done));
  }

  // The buttons are the same as those that the server renders: submit buttons of the form.
  function choices(buttons, language) {
    const group = document.createElement("div");
    group.className = "choices";
    if (language) group.lang = language;
    for (const { title, id } of buttons) {
      const button = document.createElement("button");
      button.setAttribute("form", "say"); // form.id is the field of that name
      button.name = "choice";
      button.value = id;
      button.append(title);
      group.append(button);
    }
    return group;
  }

  function element(message) {
    const item = document.getElementById(message.from).content.firstElementChild.cloneNode(true);
    const text = item.querySelector(".text");
    fill(text, message.text, message.links);
    if (message.language) text.lang = message.language;
    if (message.buttons && message.buttons.length) item.append(choices(message.buttons, message.language));
    if (message.id) item.dataset.id = message.id;
    if (message.n) item.dataset.n = message.n;
    return item;
  }

  const ofMessage = (id) => [...list.children].find((item) => item.dataset.id === id);

  // Nothing may end up under the composer, which grows with what is typed and with the state line (--composer: chat.css).
  const composer = document.querySelector(".composer");
  const measure = () => document.documentElement.style.setProperty("--composer", `${composer.offsetHeight}px`);

  // A long answer is read from its beginning; anything else just has to be in sight.
  function reveal(item) {
    measure();
    const block = item.offsetHeight > innerHeight / 2 ? "start" : "nearest";
    item.scrollIntoView({ block, behavior: still.matches ? "instant" : "smooth" });
  }

  // Puts a message where its number belongs: before later ones, and before those that are not sent yet.
  function place(message) {
    const item = element(message);
    const later = (other) => (other.dataset.n ? Number(other.dataset.n) > message.n : Boolean(other.dataset.id));
    list.insertBefore(item, [...list.children].find(later) || null);
    return item;
  }

  function settle(item, n) {
    item.dataset.n = n;
    item.classList.remove("unsent");
    item.querySelector(".retry").hidden = true;
  }

  // What a poll brought.
  function take({ messages, waiting, language, anew, held: holds }) {
    const changed = held !== holds;
    held = holds;
    if (anew) {
      // What we show was deleted, here or in another tab: it must not stay on the screen.
      for (const item of list.querySelectorAll("[data-n]")) item.remove();
      cursor = 0;
      talking = messages.length > 0 || unsent.length > 0;
    }
    let first = null;
    for (const message of messages) {
      cursor = Math.max(cursor, message.n);
      const own = message.id && ofMessage(message.id);
      if (own) {
        settle(own, message.n);
        forget(message.id); // its receipt was lost on the way, but it is there
      } else if (!list.querySelector(`[data-n="${message.n}"]`)) {
        const item = place(message);
        first = first || (message.from === "you" ? null : item);
      }
    }
    if (messages.length) lastNews = Date.now();
    if (first) reveal(first);
    if (waiting) expect();
    else if (changed || first || ["writing", "offline", "error_server", "error_too_many"].some(showing)) rest();
    // "" when nothing is known of it any more: after an erasure the page stays as it is.
    if (language && language !== document.documentElement.lang) speak(language).catch(() => {});
  }

  // ---- Sending ---------------------------------------------------------------------------------------------------------

  const token = () => form.elements.csrfmiddlewaretoken.value;

  function keep() {
    try {
      const kept = unsent.filter((message) => !message.location); // a position is not written down anywhere
      if (kept.length) sessionStorage.setItem(KEPT, JSON.stringify(kept));
      else sessionStorage.removeItem(KEPT);
    } catch {
      // Storage may be forbidden or full; then what is unsent lasts as long as the page.
    }
  }

  function forget(id) {
    unsent = unsent.filter((message) => message.id !== id);
    keep();
  }

  // crypto.randomUUID exists on https and localhost only.
  function newId() {
    const bytes = [...crypto.getRandomValues(new Uint8Array(16))];
    const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
  }

  function enqueue(text, what = {}) {
    const message = { id: newId(), text, ...what };
    unsent.push(message);
    keep();
    reveal(append(message));
    wakeAll(); // whoever writes now wants to know now whether the connection is back
    deliver();
  }

  function append(message) {
    const item = element({ from: "you", text: message.text, id: message.id });
    item.querySelector(".retry").addEventListener("click", () => {
      delete message.refused;
      wakeAll();
      deliver();
    });
    list.append(item);
    return item;
  }

  // Says at the message and in the state line why it is not sent.
  function unsettle(message, state) {
    const item = ofMessage(message.id);
    item?.classList.add("unsent");
    for (const retry of item?.querySelectorAll(".retry") ?? []) retry.hidden = false;
    show(state);
    if (item) reveal(item);
  }

  const post = ({ id, text, choice, location }) =>
    request(
      "/chat/messages",
      {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
        body: JSON.stringify({ id, ...(location ? { location } : choice ? { choice } : { text }) }),
      },
      PATIENCE,
    );

  // The session or its token is too old: a fresh page brings both.
  async function renew() {
    const { body } = await request("/", {}, PATIENCE);
    const fresh = new DOMParser().parseFromString(body, "text/html").querySelector("#say [name=csrfmiddlewaretoken]");
    if (!fresh) return false;
    for (const field of document.getElementsByName("csrfmiddlewaretoken")) field.value = fresh.value;
    return true;
  }

  // Sends what is unsent, one after the other and each with its own id, until it is received. A repetition is known by
  // the id, so trying again is always safe.
  async function deliver() {
    if (delivering) return;
    delivering = true;
    let failures = 0;
    let message;
    while ((message = unsent.find((one) => !one.refused))) {
      let status = 0; // 0: no connection
      let body = "";
      try {
        ({ status, body } = await post(message));
        if (status === 403 && (await renew())) ({ status, body } = await post(message));
      } catch {
        status = 0;
      }
      if (status === 202) {
        failures = 0;
        forget(message.id);
        const n = JSON.parse(body).cursor;
        const item = ofMessage(message.id);
        if (item) settle(item, n);
        talking = true;
        lastNews = Date.now();
        if (cursor < n) expect(); // else the answer was here before the receipt
        wakeAll();
        listen();
        continue;
      }
      if (status >= 400 && status < 500 && status !== 429) {
        // Trying the same again would not help; the person decides.
        message.refused = true;
        keep();
        unsettle(message, { 403: "error_session", 413: "error_too_large" }[status] || "error_bad_request");
        continue;
      }
      failures += 1;
      unsettle(message, stateOf(status));
      await backOff(failures);
    }
    delivering = false;
  }

  // ---- Listening -------------------------------------------------------------------------------------------------------

  const stateOf = (status) => (status === 429 ? "error_too_many" : status >= 500 ? "error_server" : "offline");

  async function listen() {
    if (listening) return;
    listening = true;
    let failures = 0;
    while (talking && !document.hidden) {
      poll = new AbortController();
      try {
        // After a failure without waiting, so that "no connection" goes away as soon as it is back.
        const address = `/chat/messages?after=${cursor}&wait=${failures ? 0 : WAIT}`;
        const { status, body } = await request(address, {}, WAIT + PATIENCE, poll);
        if (status === 403 && !failures && (await renew())) show("error_session");
        if (status !== 200) throw new Error(status);
        take(JSON.parse(body));
        if (failures) wakeAll(); // what is unsent can go
        failures = 0;
        if (Date.now() - lastNews > QUIET * 1000) await pause(LONGEST_PAUSE);
      } catch (error) {
        if (document.hidden) break;
        failures += 1;
        // One lost poll is nothing that a person has to know.
        if (failures > 1 || navigator.onLine === false) show(stateOf(Number(error.message)));
        await backOff(failures);
      }
    }
    listening = false;
  }

  // ---- Languages -------------------------------------------------------------------------------------------------------

  // Changes every word of the page, also those in templates, without loading it again.
  async function speak(language) {
    const { status, body } = await request(`/chat/words/${language}`, {}, PATIENCE);
    if (status !== 200) throw new Error(status);
    const words = JSON.parse(body);
    const roots = [document, ...[...document.querySelectorAll("template")].map((template) => template.content)];
    for (const root of roots) {
      for (const one of root.querySelectorAll("[data-word]")) one.textContent = words[one.dataset.word] ?? one.textContent;
      for (const one of root.querySelectorAll("[data-word-label]"))
        one.setAttribute("aria-label", words[one.dataset.wordLabel]);
    }
    for (const button of languages.querySelectorAll("[aria-pressed]")) button.setAttribute("aria-pressed", button.value === language);
    document.documentElement.lang = language;
  }

  languages.addEventListener("submit", async (event) => {
    event.preventDefault();
    const { value: language } = event.submitter ?? document.activeElement;
    try {
      const headers = { Accept: "application/json", "X-CSRFToken": token() };
      const body = new URLSearchParams({ language });
      const { status } = await request(languages.action, { method: "POST", headers, body }, PATIENCE);
      if (status !== 204) throw new Error(status);
      await speak(language);
    } catch {
      show("offline");
    }
  });

  // ---- The person ------------------------------------------------------------------------------------------------------

  // Sends where the person is. Who does not allow it, or is nowhere to be found, is asked for the name of the place.
  function share(title) {
    show("locating");
    const done = (what) => {
      rest();
      enqueue(title, what);
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ location: { lat: coords.latitude, lon: coords.longitude } }),
      () => done({ choice: SHARE }),
      { timeout: LOCATING * 1000, maximumAge: 60000 },
    );
  }

  form.noValidate = true; // an empty field needs no warning in the browser's own language
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const pressed = event.submitter ?? document.activeElement;
    if (pressed.name === "choice") {
      if (pressed.value === SHARE && navigator.geolocation) share(pressed.textContent);
      else enqueue(pressed.textContent, { choice: pressed.value });
      return;
    }
    const text = box.value.trim();
    box.focus();
    if (!text) return;
    box.value = "";
    enqueue(text);
  });

  box.addEventListener("keydown", (event) => {
    // isComposing: Enter may end a word of an input method, which is not sending.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.querySelector(".send").click();
  });

  document.addEventListener("visibilitychange", () => {
    // A hidden page costs no data.
    if (document.hidden) poll?.abort();
    else {
      wakeAll();
      listen();
    }
  });
  addEventListener("online", wakeAll);
  new ResizeObserver(measure).observe(composer);

  if (location.pathname !== "/") history.replaceState(null, "", "/"); // so that loading again does not post again
  try {
    if ("deleted" in list.dataset) sessionStorage.removeItem(KEPT);
    unsent = JSON.parse(sessionStorage.getItem(KEPT)) || [];
  } catch {
    // As in keep().
  }
  unsent = unsent.filter(({ id }) => !ofMessage(id));
  keep();
  unsent.forEach(append);
  const last = list.querySelector("[data-n]:last-child, [data-id]:last-child");
  if (last) last.scrollIntoView({ block: "nearest", behavior: "instant" });
  deliver();
  listen();
})();
