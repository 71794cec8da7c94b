/** Keys that do something on the page of all pictures. */

import { texts } from "../texts.js";
import { open } from "./dialog.js";
import { h } from "./dom.js";

const TYPED_INTO = "input:not([type=checkbox]), textarea, select, [contenteditable]";

/** The key that was pressed, "mod a" with Ctrl or ⌘; "" if it is for a text field, a dialog or the browser. */
export function keysOf(event) {
  const isElsewhere = document.querySelector("dialog[open], [popover]:popover-open") !== null;
  if (isElsewhere || event.defaultPrevented || event.altKey || event.target.closest?.(TYPED_INTO)) return "";
  return event.ctrlKey || event.metaKey ? `mod ${event.key.toLowerCase()}` : event.key;
}

/** Says which keys there are. */
export function showShortcuts() {
  const rows = texts.assets.shortcuts.map(([keys, text]) => [h("dt", {}, h("kbd", {}, keys)), h("dd", {}, text)]);
  return open({
    title: texts.assets.keys,
    content: h("dl", { class: "shortcuts" }, rows),
    dismiss: texts.common.close,
  });
}
