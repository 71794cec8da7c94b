/** Files that are dropped or pasted on any page of the console. */

import "../elements/drop-layer.js";
import { h } from "./dom.js";
import { go } from "./router.js";
import { session } from "./session.js";
import { styled } from "./styles.js";

/** Files for the page of all pictures, once it is shown; null if there are none. */
let given = null;

window.addEventListener("dragover", refuse);
window.addEventListener("drop", refuse);

/** Takes them in an `app-shell` that shows a page, if who has signed in may upload, and leads to all pictures with them. */
export async function offerDrop(shell) {
  const isOffered = shell.dataset.look === "console" && session.can("assets.create");
  // Its looks are those of the page that takes files.
  if (isOffered) await styled("assets");
  const layer = shell.querySelector(":scope > drop-layer");
  if (!isOffered) layer?.remove();
  else if (!layer) shell.append(h("drop-layer", { onfiles: ({ detail }) => handOver(detail) }));
  if (given && shell.querySelector("assets-page")) shell.querySelector("drop-layer").tell("files", given);
  given = null;
}

function handOver(files) {
  given = files;
  go("/assets");
}

/** A file that nobody takes is refused: a browser would show it in place of the page. */
function refuse(event) {
  if (event.defaultPrevented || !event.dataTransfer.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}
