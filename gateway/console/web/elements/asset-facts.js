import { contentAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { copyButton } from "../core/copying.js";
import { fill, h } from "../core/dom.js";
import { bytes, moment, money, number } from "../core/format.js";
import { icon } from "../core/pieces.js";
import { texts } from "../texts.js";

/** What is known of an asset's file, and what its runs have used. `asset` may be set at any time. */
class AssetFacts extends Component {
  #asset = null;
  #facts = h("dl", { class: "facts" });
  #address = h("div", { class: "address" });
  #download = h("a", { class: "button quiet" }, icon("download"), texts.asset.download);

  set asset(asset) {
    const isElsewhere = this.#asset?.publicUrl !== asset.publicUrl;
    this.#asset = asset;
    fill(this.#facts, facts(asset).map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
    // Not drawn anew without need: its button may have the focus.
    if (isElsewhere) fill(this.#address, asset.publicUrl && address(asset.publicUrl));
    this.#download.href = contentAddress(asset.id);
    this.#download.download = asset.originalFileName;
  }

  start() {
    fill(this, h("h2", {}, texts.asset.facts), this.#facts, this.#address, this.#download);
  }
}

function facts(asset) {
  const { inputTokens, outputTokens, requests, cost } = asset.usage;
  const names = texts.asset.factNames;
  return [
    [names.type, asset.contentType],
    [names.size, h("span", { title: `${number(asset.size)} bytes` }, bytes(asset.size))],
    [names.pixels, texts.asset.pixels(asset.width, asset.height)],
    [names.created, moment(asset.createdAtUtc)],
    [names.updated, moment(asset.updatedAtUtc)],
    [names.location, asset.hasLocation ? texts.asset.hasLocation : texts.common.no],
    [names.storage, texts.asset.storages[asset.storageProvider] ?? asset.storageProvider],
    [names.checksum, h("code", {}, asset.checksumSha256)],
    [names.used, requests === 0 ? texts.asset.nothingUsed : texts.asset.used(inputTokens, outputTokens, requests)],
    cost > 0 && [names.cost, money(cost)],
  ].filter(Boolean);
}

function address(url) {
  return [
    h("h3", {}, texts.asset.publicAddress),
    h(
      "div",
      { class: "line" },
      h("a", { class: "cut", href: url, target: "_blank", rel: "noreferrer" }, url),
      copyButton(texts.asset.copyAddress, () => url, { look: "icon" }),
    ),
  ];
}

customElements.define("asset-facts", AssetFacts);
