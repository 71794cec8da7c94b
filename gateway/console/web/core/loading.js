/** What is loaded into a part of a page. */

import { unlessAborted } from "./component.js";
import { fill } from "./dom.js";
import { errorNote, loadingNote } from "./notes.js";

const PATIENCE_MS = 150;

/**
 * Fills an element with what `draw` makes of what `load` gives. If that takes a moment, what is there
 * is marked as busy, or it says that it is loading; if it fails, why, and loads again when asked to.
 */
export async function loadInto(element, load, draw) {
  const wait = setTimeout(() => waiting(element), PATIENCE_MS);
  let loaded;
  try {
    loaded = await unlessAborted(load);
  } catch (error) {
    fill(element, errorNote(error, () => retried(element, load, draw)));
    return;
  } finally {
    clearTimeout(wait);
    element.removeAttribute("aria-busy");
  }
  if (loaded !== undefined) fill(element, draw(loaded));
}

function waiting(element) {
  if (element.hasChildNodes()) element.setAttribute("aria-busy", "true");
  else fill(element, loadingNote());
}

/** The button that had the focus goes. */
function retried(element, load, draw) {
  element.tabIndex = -1;
  element.focus();
  return loadInto(element, load, draw);
}
