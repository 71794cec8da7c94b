import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { ago, bytes, moment } from "../core/format.js";
import { highlight } from "../core/highlight.js";
import { button, icon } from "../core/pieces.js";
import { derivativeAddress, isShown, savedPercent } from "../core/renditions.js";
import { failed } from "../core/toast.js";
import { texts } from "../texts.js";

/** The files that were made of an asset's original, side by side. `asset` may be set at any time. */
class DerivativeList extends Component {
  #asset = null;
  #cards = new Map();
  #list = h("ul");
  #empty = h("p", { class: "hint" }, texts.asset.noDerivatives);

  set asset(asset) {
    this.#asset = asset;
    if (this.isConnected) this.#update(true);
  }

  start() {
    fill(this, h("h2", {}, texts.asset.derivatives), this.#empty, this.#list);
    this.#update(false);
  }

  /** What has not changed stays as it is, with the focus. */
  #update(isNews) {
    const cards = new Map();
    for (const derivative of this.#asset.derivatives) {
      const key = `${derivative.kind} ${derivative.createdAtUtc} ${derivative.size}`;
      const known = this.#cards.get(key);
      const made = known ?? card(this.#asset, derivative);
      cards.set(key, made);
      if (!known && isNews) highlight(made);
    }
    const isSame = [...cards.keys()].join("\n") === [...this.#cards.keys()].join("\n");
    this.#cards = cards;
    this.#empty.hidden = cards.size > 0;
    if (!isSame || !isNews) fill(this.#list, [...cards.values()]);
  }
}

function card(asset, derivative) {
  const { kind, contentType, width, height, size, extension, createdAtUtc } = derivative;
  const address = derivativeAddress(asset, derivative);
  const canShow = isShown(contentType);
  return h(
    "li",
    { class: "derivative" },
    canShow
      ? h(
          "a",
          { class: "open", href: address, target: "_blank", "aria-label": texts.asset.openOf(kind) },
          h("img", { src: address, width, height, loading: "lazy", decoding: "async", alt: "" }),
        )
      : h("div", { class: "unshown" }, icon("pictures")),
    h("h3", { dir: "auto" }, kind),
    h("p", {}, texts.asset.pixels(width, height), " · ", contentType.replace(/^image\//, "")),
    h("p", {}, bytes(size), " · ", texts.asset.saved(savedPercent(asset, derivative))),
    h("p", { title: moment(createdAtUtc) }, ago(createdAtUtc)),
    h(
      "div",
      { class: "actions" },
      canShow &&
        isShown(asset.contentType) &&
        button(texts.asset.compare, {
          look: "plain",
          icon: "compare",
          "aria-label": texts.asset.compareOf(kind),
          onclick: () => compare(asset, derivative).catch(failed),
        }),
      downloadLink(address, kind, `${asset.id}-${kind}${extension}`),
    ),
  );
}

function downloadLink(href, kind, download) {
  const text = texts.asset.downloadOf(kind);
  return h("a", { class: "button icon", title: text, "aria-label": text, href, download }, icon("download"));
}

async function compare(asset, derivative) {
  const { showBoth } = await import("./compare-view.js");
  showBoth(asset, derivative);
}

customElements.define("derivative-list", DerivativeList);
