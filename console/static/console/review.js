// Keys of the review. They work only while the focus is in the open question (WCAG 2.1.4), and not while somebody types.
"use strict";

const FIELDS = "input:not([type=checkbox]), select, textarea";

function entry() {
  return document.getElementById("entry");
}

// Whoever decided goes on with the next question without looking for it.
function arrive() {
  const card = entry();
  if (!card) return;
  card.focus({ preventScroll: true });
  if (card.getBoundingClientRect().top < 0) card.scrollIntoView({ block: "start" });
}

function open(summary) {
  const details = summary.parentElement;
  details.open = true;
  details.querySelector("input:not([type=hidden]), textarea")?.focus();
}

// Ticks the words that are marked with the mouse, and hides them at once.
function hideMarked() {
  const marked = window.getSelection();
  const said = entry()?.querySelector("blockquote.asked");
  if (!said || marked.isCollapsed || !said.contains(marked.anchorNode) || !said.contains(marked.focusNode)) return false;
  const range = marked.getRangeAt(0);
  const before = document.createRange();
  before.setStart(said, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const text = said.textContent;
  const start = before.toString().length;
  const end = start + range.toString().length;
  const form = entry().querySelector(".hide form");
  let found = false;
  [...text.matchAll(/\S+/gu)].forEach((word, place) => {
    const box = form.querySelector(`input[name=word][value="${place}"]`);
    if (box && word.index < end && word.index + word[0].length > start) found = box.checked = true;
  });
  if (found) form.requestSubmit();
  return found;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches?.(FIELDS)) return arrive();
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.matches?.(FIELDS)) return;
  if (!entry()?.contains(event.target)) return;
  const control = document.querySelector(`#review [data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!control) return;
  event.preventDefault();
  if (control.matches("summary")) {
    if (control.dataset.key !== "m" || !hideMarked()) open(control);
  } else if (control.matches("input")) {
    control.focus();
  } else {
    control.click();
  }
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "review") arrive();
});
arrive();
