import { api } from "../core/api.js";
import { Component, unlessAborted } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { ago, duration, money, moment } from "../core/format.js";
import { errorNote } from "../core/notes.js";
import { button, icon } from "../core/pieces.js";
import { parametersOf } from "../core/runs.js";
import { isOver } from "../core/watch.js";
import { texts } from "../texts.js";
import { stateBadge } from "./step-list.js";

const PAGE_SIZE = 10;

/**
 * The runs of an asset, newest first. `assetId` and `mayRun` are set before it comes onto the page. It
 * tells "runsfound" with those that go on, and "runagain" with the execution when that is wanted.
 */
class RunHistory extends Component {
  assetId = "";
  mayRun = false;
  #rows = new Map();
  #cursor = null;
  #list = h("ol");
  #note = h("div", {}, h("p", { class: "hint" }, texts.common.loading));
  #more = button(texts.asset.moreRuns, { hidden: true, onclick: () => this.#readOn() });

  start() {
    fill(this, h("h2", {}, texts.asset.history), this.#list, this.#note, this.#more);
    this.refresh();
  }

  /** Reads the newest again. */
  refresh() {
    return this.#read(null);
  }

  #readOn() {
    if (this.#more.ariaDisabled !== "true") this.#read(this.#cursor);
  }

  async #read(cursor) {
    const { signal } = this;
    const query = { pageSize: PAGE_SIZE, cursor };
    this.#more.ariaDisabled = "true";
    try {
      const page = await unlessAborted(() => api.get(`/assets/${this.assetId}/executions`, { query, signal }));
      if (page) this.#place(page, cursor === null);
    } catch (error) {
      fill(this.#note, errorNote(error, () => this.#read(cursor)));
    } finally {
      this.#more.ariaDisabled = "false";
    }
  }

  #place({ items, nextCursor }, isNewest) {
    // Where to go on is changed by the newest only if there was nothing yet.
    if (!isNewest || this.#rows.size === 0) this.#cursor = nextCursor;
    const before = isNewest ? this.#list.firstElementChild : null;
    const fresh = items.filter(({ executionId }) => !this.#rows.has(executionId));
    for (const each of items) this.#row(each).execution = each;
    for (const each of fresh) this.#list.insertBefore(this.#row(each).element, before);
    fill(this.#note, this.#rows.size === 0 && h("p", { class: "hint" }, texts.asset.noRuns));
    // The last button of the page is not taken away from under somebody's focus.
    if (this.#cursor === null && document.activeElement === this.#more) fresh[0] && this.#row(fresh[0]).focus();
    this.#more.hidden = this.#cursor === null;
    const open = items.filter((each) => !isOver(each));
    if (open.length > 0) this.tell("runsfound", open);
  }

  #row(execution) {
    const known = this.#rows.get(execution.executionId);
    if (known) return known;
    const made = new Row(this.mayRun ? (of) => this.tell("runagain", of) : null);
    this.#rows.set(execution.executionId, made);
    return made;
  }
}

/** One run. */
class Row {
  #summary = h("summary");
  #steps = h("step-list");
  #used = h("p", { class: "hint" });
  #set = h("p", { class: "hint", dir: "auto" });
  #execution = null;

  constructor(again) {
    this.element = h(
      "li",
      {},
      h(
        "details",
        {},
        this.#summary,
        this.#steps,
        this.#set,
        this.#used,
        again && button(texts.asset.runAgain, { icon: "retry", onclick: () => again(this.#execution) }),
      ),
    );
  }

  set execution(execution) {
    this.#execution = execution;
    const { skillName, status, triggerSource, startedAtUtc, completedAtUtc, usage, steps } = execution;
    const { inputTokens, outputTokens, cost } = usage;
    const facts = [
      startedAtUtc && ago(startedAtUtc),
      startedAtUtc && completedAtUtc && duration(startedAtUtc, completedAtUtc),
      texts.steps.triggers[triggerSource] ?? triggerSource,
    ];
    fill(
      this.#summary,
      icon("chevron"),
      h("span", { class: "name", dir: "auto" }, skillName),
      stateBadge(status),
      h("span", { class: "hint", title: startedAtUtc && moment(startedAtUtc) }, facts.filter(Boolean).join(" · ")),
    );
    this.#steps.steps = steps;
    const set = Object.entries(parametersOf(execution)).map(([name, value]) => `${name}: ${value}`);
    this.#set.textContent = set.length > 0 ? texts.asset.set(set.join(", ")) : "";
    const tokens = inputTokens + outputTokens > 0 && texts.steps.tokens(inputTokens, outputTokens);
    this.#used.textContent = [tokens, cost > 0 && texts.steps.cost(money(cost))].filter(Boolean).join(" · ");
  }

  focus() {
    this.#summary.focus();
  }
}

customElements.define("run-history", RunHistory);
