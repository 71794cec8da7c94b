/** The dialog that tells which keys do something on the page of all pictures. */

import { texts } from "../texts.js";
import { open } from "./dialog.js";
import { h } from "./dom.js";

/** Shows it. */
export function showShortcuts() {
  const rows = texts.assets.shortcuts.map(([keys, text]) => [h("dt", {}, h("kbd", {}, keys)), h("dd", {}, text)]);
  return open({
    title: texts.assets.keys,
    content: h("dl", { class: "shortcuts" }, rows),
    dismiss: texts.common.close,
  });
}
