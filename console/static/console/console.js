// What every page of the console does beside showing itself. Without it everything still works, by whole pages.
"use strict";

// htmx posts carry the token that Django's forms carry.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (token) event.detail.headers["X-CSRFToken"] = token.value;
});

// A form that says so is sent as soon as something in it is chosen.
document.addEventListener("change", (event) => {
  if (event.target.closest("form[data-send-on-change]")) event.target.form.requestSubmit();
});

// An action that cannot be taken back asks first.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask || event.target.dataset.ask;
  if (question && !window.confirm(question)) event.preventDefault();
});

// On a phone the menu is one line: the part that is open must be in sight.
document.querySelector("header nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
