// Printing, saving and copying what is shown once. Without it people select and copy by hand.
"use strict";

for (const tools of document.querySelectorAll("[data-tools]")) tools.hidden = false;

document.addEventListener("click", async (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if ("print" in button.dataset) window.print();
  if ("save" in button.dataset) {
    const codes = [...document.querySelectorAll("[data-codes] code")].map((one) => one.textContent);
    const address = URL.createObjectURL(new Blob([codes.join("\n") + "\n"], { type: "text/plain" }));
    const link = Object.assign(document.createElement("a"), { href: address, download: button.dataset.save });
    link.click();
    URL.revokeObjectURL(address);
  }
  if ("copy" in button.dataset) {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.copied;
    } catch {
      // No right to the clipboard: the text is selected, for Ctrl-C.
    }
  }
});
