// Leaves the page at once: nothing of it is to be seen any more, even while the other one loads, and "back" does not lead
// here. Without this script the link leads away as well, and "back" leads here.
"use strict";

document.getElementById("leave").addEventListener("click", (event) => {
  event.preventDefault();
  document.body.hidden = true;
  document.title = "";
  location.replace(event.currentTarget.href);
});
