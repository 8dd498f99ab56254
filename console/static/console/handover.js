// On every page: how many people wait, in the menu and, if somebody wants that, as a notification without any content.
// On the page of a conversation: how much room is left, and no second click. Without it the pages work all the same.
"use strict";

(() => {
  const LIST = "/console/waiting/";
  const EVERY = 10; // seconds
  const WANTED = "faro_notices"; // localStorage: whether this browser shall notify
  const SEEN = "faro_seen"; // sessionStorage: the newest request and message that were told of
  const NEAR_THE_END = 400; // characters left from which on their number is shown

  const entry = document.querySelector(`nav a[href="${LIST}"]`);

  const kept = (storage, name, value) => {
    try {
      if (value !== undefined) storage.setItem(name, value);
      return storage.getItem(name);
    } catch {
      return null; // storage may be forbidden
    }
  };
  const wanted = () => kept(localStorage, WANTED) === "yes" && window.Notification?.permission === "granted";

  function mark(waiting) {
    entry.querySelector(".mark")?.remove();
    if (waiting) {
      const badge = document.createElement("span");
      badge.className = "mark waiting-count";
      badge.textContent = waiting;
      entry.append("\u00a0", badge);
    }
    if (location.pathname === LIST) document.title = document.title.replace(/^(\(\d+\) )?/, waiting ? `(${waiting}) ` : "");
  }

  function tell({ newest, mine, words }) {
    const seen = JSON.parse(kept(sessionStorage, SEEN) || "null");
    kept(sessionStorage, SEEN, JSON.stringify({ newest, mine }));
    if (!seen || !wanted()) return;
    const text = newest > seen.newest ? words.waits : mine > seen.mine && document.hidden ? words.wrote : "";
    if (!text) return;
    try {
      const notice = new Notification("Faro", { body: text, tag: "faro-waiting", icon: "/static/webchat/lighthouse.svg" });
      notice.onclick = () => window.focus();
    } catch {
      // Some telephones show notifications of installed applications only.
    }
  }

  async function look() {
    try {
      const response = await fetch(`${LIST}count`, { credentials: "same-origin", headers: { Accept: "application/json" } });
      if (response.redirected || !response.ok) return; // logged out: the next click says so
      const news = await response.json();
      mark(news.waiting);
      tell(news);
    } catch {
      // No connection: the next look may have one.
    }
    setTimeout(look, EVERY * 1000);
  }

  const button = document.getElementById("notify");
  function label() {
    const blocked = Notification.permission === "denied";
    button.hidden = false;
    button.disabled = blocked;
    button.textContent = blocked ? button.dataset.blocked : wanted() ? button.dataset.on : button.dataset.off;
  }
  if (button && window.Notification) {
    label();
    button.addEventListener("click", async () => {
      if (wanted()) kept(localStorage, WANTED, "no");
      else if ((await Notification.requestPermission()) === "granted") kept(localStorage, WANTED, "yes");
      label();
    });
  }

  const text = document.getElementById("desk-text");
  const left = document.getElementById("desk-left");
  if (text && left) {
    const count = () => {
      const room = text.maxLength - text.value.length;
      left.textContent = room < NEAR_THE_END ? `${room} ${left.dataset.left}` : "";
    };
    text.addEventListener("input", count);
    count();
  }

  const talk = document.getElementById("talk-box");
  if (talk) {
    const toEnd = () => (talk.scrollTop = talk.scrollHeight);
    let atEnd = true;
    document.addEventListener("htmx:beforeSwap", () => {
      atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 40;
    });
    document.addEventListener("htmx:afterSwap", () => atEnd && toEnd());
    toEnd();
  }

  if (entry) look();
})();
