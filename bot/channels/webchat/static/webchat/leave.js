// Leaves the page at once: nothing of it is to be seen any more, even while the other one loads, and "back" does not lead
// here. Without this script the link leads away as well, and "back" leads here.
"use strict";

(() => {
  const LEFT = "faro_left"; // sessionStorage: ends with the tab
  const link = document.getElementById("leave");

  function leave() {
    document.body.hidden = true;
    document.title = "";
    location.replace(link.href);
  }

  // Some browsers forbid storage; then only the page that was left is out of the way of "back".
  function note() {
    try {
      sessionStorage.setItem(LEFT, "1");
    } catch {}
  }
  function hasLeft() {
    try {
      return sessionStorage.getItem(LEFT) !== null;
    } catch {
      return false;
    }
  }

  link.addEventListener("click", (event) => {
    event.preventDefault();
    note();
    leave();
  });

  // A page that was open before, in the same tab: the guide came from the chat, or the chat from the guide. "Back" leads out
  // of it again. Whoever comes in any other way wants to be here.
  addEventListener("pageshow", (event) => {
    const [visit] = performance.getEntriesByType("navigation");
    const back = event.persisted || visit?.type === "back_forward";
    if (hasLeft() && back) leave();
    else if (!back) {
      try {
        sessionStorage.removeItem(LEFT);
      } catch {}
    }
  });

  // To a place on the same page without an entry of its own in the history, which "back" would lead to.
  document.addEventListener("click", (event) => {
    const within = event.target.closest?.("a[href^='#']");
    if (!within || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    location.replace(within.hash);
  });
})();
