import { contentAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { open } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { derivativeAddress } from "../core/renditions.js";
import { texts } from "../texts.js";

const LARGE_STEP = 10;

/** The original and a derivative in one place, with an edge between them that is moved. Both are set before. */
class CompareView extends Component {
  asset = null;
  derivative = null;

  start() {
    const { asset, derivative } = this;
    const { width, height } = asset;
    const range = h("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": texts.asset.edge });
    const source = derivativeAddress(asset, derivative);
    const frame = h(
      "div",
      { class: "frame" },
      h("img", { alt: texts.asset.original, width, height, src: contentAddress(asset.id) }),
      h("img", { class: "made", alt: derivative.kind, width, height, src: source }),
      h("span", { class: "edge" }),
    );
    this.style.setProperty("--ratio", width / height);
    const move = (value) => {
      range.value = value;
      frame.style.setProperty("--at", `${range.value}%`);
      range.setAttribute("aria-valuetext", texts.asset.edgeAt(range.value));
    };
    const drag = ({ buttons, clientX, currentTarget }) => {
      const { left, width: across } = currentTarget.getBoundingClientRect();
      if (buttons === 1) move(((clientX - left) / across) * 100);
    };
    frame.addEventListener("pointerdown", (event) => (event.preventDefault(), drag(event)));
    frame.addEventListener("pointermove", drag);
    range.addEventListener("input", () => move(range.value));
    range.addEventListener("keydown", (event) => stepped(event, range, move));
    move(range.value);
    const side = (name, size) => h("span", {}, h("strong", { dir: "auto" }, name), ` ${bytes(size)}`);
    fill(
      this,
      frame,
      range,
      h("p", { class: "sides" }, side(texts.asset.original, asset.size), side(derivative.kind, derivative.size)),
    );
  }
}

/** Shows an asset's original and a derivative of it, one over the other. */
export function showBoth(asset, derivative) {
  const content = h("compare-view", { ".asset": asset, ".derivative": derivative });
  return open({ title: texts.asset.compareTitle(derivative.kind), content, dismiss: texts.common.close, isWide: true });
}

/** Shift with an arrow goes further, as page up and down do by themselves. */
function stepped(event, range, move) {
  const directions = { ArrowLeft: -1, ArrowRight: 1 };
  if (!event.shiftKey || !Object.hasOwn(directions, event.key)) return;
  event.preventDefault();
  move(Number(range.value) + directions[event.key] * LARGE_STEP);
}

customElements.define("compare-view", CompareView);
