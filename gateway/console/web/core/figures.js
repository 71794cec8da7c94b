/** Numbers that stand by themselves. */

import { h } from "./dom.js";

/** A list of `[what, number]`. */
export function figures(pairs) {
  const parts = pairs.map(([what, value]) => h("div", {}, h("dt", {}, what), h("dd", {}, value)));
  return h("dl", { class: "figures" }, parts);
}
