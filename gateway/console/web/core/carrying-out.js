/** Something that is done with many pictures, with its progress and what failed of it. */

import { texts } from "../texts.js";
import { inTurn } from "./bulk.js";
import { open } from "./dialog.js";
import { h } from "./dom.js";
import { traceNote } from "./notes.js";
import { toast } from "./toast.js";

const PATIENCE_MS = 400;

/**
 * Does `work` for each item, four at a time, and gives what `inTurn` gives. How far it
 * is, and a button that stops it, are shown if it takes a moment; what failed is told by name.
 */
export async function carryOut(title, items, work) {
  const controller = new AbortController();
  const progress = h("progress", { max: items.length, value: 0, "aria-label": title });
  const told = h("p", { class: "hint" }, texts.assets.progress(0, items.length));
  const wait = setTimeout(async () => {
    await open({ title, content: [progress, told], dismiss: texts.assets.stop });
    controller.abort();
  }, PATIENCE_MS);
  const onProgress = (over) => {
    progress.value = over;
    told.textContent = texts.assets.progress(over, items.length);
  };
  const over = await inTurn(items, work, { onProgress, signal: controller.signal });
  clearTimeout(wait);
  progress.closest("dialog")?.close();
  if (over.failed.length) await tellFailures(over.failed);
  return over;
}

/** What came of nothing. */
export const NOTHING = { done: [], failed: [], left: [] };

/** Says how many something was done with, if there are any. */
export function tellDone(text, { done }) {
  if (done.length) toast(text(done.length));
}

function tellFailures(failed) {
  const rows = failed.map(({ item, error }) =>
    h("li", {}, h("strong", { dir: "auto" }, item.originalFileName), h("p", {}, error.message), traceNote(error.traceId)),
  );
  return open({
    title: texts.assets.failuresTitle(failed.length),
    content: [h("ul", { class: "failures", tabindex: "0" }, rows), h("p", { class: "hint" }, texts.assets.failuresHint)],
    dismiss: texts.common.close,
  });
}
