// The part that renews itself: when the session has ended, its answer is the login, which belongs to the whole page.
"use strict";

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.responseURL.includes("/console/login") || event.detail.xhr.responseURL.includes("/console/second-factor")) {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});
