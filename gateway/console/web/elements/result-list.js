import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { highlight } from "../core/highlight.js";
import { texts } from "../texts.js";
import "./result-view.js";

const ORDER = ["caption", "alt-text", "structured-metadata"];

/** What models have found in an asset. `asset` may be set at any time. */
class ResultList extends Component {
  #results = [];
  #views = new Map();
  #list = h("div", { class: "results" });
  #empty = h("p", { class: "hint" }, texts.results.none);

  set asset(asset) {
    this.#results = [...asset.structuredResults].sort((one, other) => place(one) - place(other));
    if (this.isConnected) this.#update(true);
  }

  start() {
    fill(this, h("h2", {}, texts.results.title), this.#empty, this.#list);
    this.#update(false);
  }

  /** What has not changed stays as it is, with its open JSON and the focus. */
  #update(isNews) {
    const views = new Map();
    let isSame = this.#results.length === this.#views.size;
    for (const result of this.#results) {
      const key = `${result.kind} ${result.createdAtUtc}`;
      const known = this.#views.get(key);
      isSame &&= known !== undefined;
      views.set(key, known ?? Object.assign(h("result-view"), { result }));
    }
    this.#empty.hidden = views.size > 0;
    if (isSame) return;
    const former = this.#views;
    this.#views = views;
    fill(this.#list, [...views.values()]);
    if (isNews) [...views].filter(([key]) => !former.has(key)).forEach(([, view]) => highlight(view));
  }
}

function place({ kind }) {
  const at = ORDER.indexOf(kind);
  return at < 0 ? ORDER.length : at;
}

customElements.define("result-list", ResultList);
