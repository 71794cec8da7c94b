import { api } from "../core/api.js";
import { Component } from "../core/component.js";
import { h } from "../core/dom.js";
import { bytes, number } from "../core/format.js";
import { loadInto } from "../core/loading.js";
import { figures } from "../core/figures.js";
import { texts } from "../texts.js";

const words = texts.settings.storage;

/** How much there is, and of which kinds. */
class StorageStats extends Component {
  start() {
    loadInto(this, () => api.get("/assets/usage-stats", { signal: this.signal }), drawn);
  }
}

function drawn({ totalAssets, totalBytes, totalDerivatives, contentTypeBreakdown, mostActiveSkill: most }) {
  return [
    figures([
      [words.pictures, number(totalAssets)],
      [words.bytes, bytes(totalBytes)],
      [words.derivatives, number(totalDerivatives)],
    ]),
    totalAssets === 0 ? h("p", { class: "hint" }, words.empty) : kinds(contentTypeBreakdown, totalBytes),
    most && h("p", { class: "most" }, words.mostActive(h("bdi", {}, most.skillName), most.runCount)),
  ];
}

function kinds(breakdown, totalBytes) {
  const rows = breakdown.map((kind) =>
    h(
      "li",
      {},
      h("span", {}, h("bdi", {}, kind.contentType)),
      h("span", { class: "hint" }, words.kind(kind.count, bytes(kind.totalBytes))),
      bar(totalBytes ? kind.totalBytes / totalBytes : 0),
    ),
  );
  return h("ul", { class: "kinds" }, rows);
}

/** It shows what the words beside it say. */
function bar(part) {
  const made = h("div", { class: "bar", "aria-hidden": "true" });
  made.style.setProperty("--part", part);
  return made;
}

customElements.define("storage-stats", StorageStats);
