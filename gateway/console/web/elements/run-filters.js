import { api } from "../core/api.js";
import { pageAddress } from "../core/address.js";
import { Component, unlessAborted } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { choice, icon } from "../core/pieces.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";

const words = texts.executions;

/** What executions can be filtered by; the first is all. */
export const STATUSES = ["", "running", "queued", "failed", "succeeded", "cancelled"];

/**
 * Which executions are shown: by status, skill or workflow, and asset. `query` is that of the address;
 * setting it draws anew. It tells "skill" with the chosen one.
 */
class RunFilters extends Component {
  #query = {};
  #names = [];
  #tabs = h("nav", { class: "tabs", "aria-label": words.status });
  #skill = choice([], "", { "aria-label": words.skill });
  #asset = h("p", { class: "asset" });
  #assetName = "";

  get query() {
    return this.#query;
  }

  set query(query) {
    const isOther = query.assetId !== this.#query.assetId;
    this.#query = query;
    if (!this.isConnected) return;
    this.#draw();
    if (isOther) this.#nameAsset();
  }

  start() {
    fill(this, this.#tabs, h("div", { class: "more" }, this.#skill, this.#asset));
    fill(this.#tabs, STATUSES.map((status) => h("a", { "data-status": status }, words.tabs[status || "all"])));
    this.#skill.addEventListener("change", () => this.tell("skill", this.#skill.value), { signal: this.signal });
    this.#draw();
    this.#nameAsset();
    this.#nameSkills();
  }

  #draw() {
    const chosen = this.#query.status ?? "";
    for (const tab of this.#tabs.children) {
      const { status } = tab.dataset;
      tab.setAttribute("href", pageAddress("/executions", { ...this.#query, status }));
      if (status === chosen) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    const { skill = "", assetId } = this.#query;
    const names = [...new Set([...this.#names, skill])].filter(Boolean);
    fill(this.#skill, h("option", { value: "" }, words.anySkill), names.map((name) => h("option", {}, name)));
    this.#skill.value = skill;
    this.#asset.hidden = !assetId;
    if (assetId) fill(this.#asset, this.#assetLinks(assetId));
  }

  #assetLinks(assetId) {
    const name = h("bdi", {}, this.#assetName || words.thisPicture);
    const everyone = pageAddress("/executions", { ...this.#query, assetId: "" });
    return [
      icon("pictures"),
      this.#assetName ? h("a", { href: pageAddress(`/assets/${encodeURIComponent(assetId)}`) }, name) : name,
      h(
        "a",
        { class: "button icon", href: everyone, title: words.allPictures, "aria-label": words.allPictures },
        icon("close"),
      ),
    ];
  }

  async #nameAsset() {
    const { assetId } = this.#query;
    this.#assetName = "";
    if (!assetId) return;
    const path = `/assets/${encodeURIComponent(assetId)}`;
    const asset = await unlessAborted(() => api.get(path, { signal: this.signal })).catch(() => null);
    if (!asset || this.#query.assetId !== assetId) return;
    this.#assetName = asset.originalFileName;
    this.#draw();
  }

  /** Skills and workflows to choose from; who may not see workflows chooses among skills. */
  async #nameSkills() {
    const { signal } = this;
    const read = (path) => unlessAborted(() => api.get(path, { signal })).catch(() => []);
    const workflows = session.can("settings.read") ? read("/system/workflows") : [];
    const skills = (await read("/assets/skills")) ?? [];
    const names = [...skills.map((each) => each.skillName), ...((await workflows) ?? []).map((each) => each.name)];
    if (signal.aborted) return;
    this.#names = names;
    this.#draw();
  }
}

customElements.define("run-filters", RunFilters);
