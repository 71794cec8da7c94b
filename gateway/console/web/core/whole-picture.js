/** A picture that fills the screen. */

import { texts } from "../texts.js";
import { contentAddress } from "./address.js";
import { h } from "./dom.js";
import { button } from "./pieces.js";

/** Shows an asset's original in a dialog within an element: all of it, or pixel by pixel. */
export function showWhole({ width, height, altText, id }, element) {
  const image = h("img", { width, height, alt: altText ?? "", src: contentAddress(id) });
  const stage = h("div", { class: "stage", tabindex: "0", role: "region", "aria-label": texts.asset.full }, image);
  const size = button(texts.asset.actualSize, { look: "quiet", "aria-pressed": "false" });
  const close = button(texts.common.close, { look: "quiet", icon: "close" });
  const tools = h("div", { class: "tools" }, size, close);
  const box = h("dialog", { class: "full", "aria-label": texts.asset.full }, stage, tools);
  const resize = () => size.setAttribute("aria-pressed", String(box.classList.toggle("actual")));
  size.addEventListener("click", resize);
  image.addEventListener("click", resize);
  close.addEventListener("click", () => box.close());
  box.addEventListener("close", () => box.remove());
  element.append(box);
  box.showModal();
}
