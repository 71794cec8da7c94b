import { pageQuery } from "../core/address.js";
import { api } from "../core/api.js";
import { Component } from "../core/component.js";
import { daysOf, period, PERIODS } from "../core/days.js";
import { fill, h } from "../core/dom.js";
import { figures } from "../core/figures.js";
import { day, money, number } from "../core/format.js";
import { loadInto } from "../core/loading.js";
import { button } from "../core/pieces.js";
import { keepQuery } from "../core/router.js";
import { texts } from "../texts.js";
import "./day-chart.js";

const words = texts.settings.usage;
const USUAL = "30";

/** What was used of AI providers in a period, which the address keeps. */
class AiUsage extends Component {
  #content = h("div", { class: "loaded" });
  #choices = h("div", { class: "periods", role: "group", "aria-label": words.period });
  #turn = new AbortController();

  start() {
    fill(this, this.#choices, this.#content);
    this.refresh();
  }

  /** Shows the period that the address has. */
  refresh() {
    const wanted = pageQuery().period;
    const chosen = PERIODS.includes(wanted) ? wanted : USUAL;
    this.#turn.abort();
    this.#turn = new AbortController();
    fill(this.#choices, PERIODS.map((name) => this.#choice(name, name === chosen)));
    const signal = AbortSignal.any([this.signal, this.#turn.signal]);
    const query = period(chosen);
    return loadInto(this.#content, () => api.get("/system/ai/usage", { query, signal }), drawn);
  }

  #choice(name, isChosen) {
    return button(words.periods[name], { "aria-pressed": String(isChosen), onclick: () => this.#choose(name) });
  }

  #choose(name) {
    keepQuery({ period: name === USUAL ? null : name }, { push: true });
    this.refresh();
    this.#choices.children[PERIODS.indexOf(name)].focus();
  }
}

function drawn(used) {
  const { totals, byDay, byProfile, bySkill } = used;
  const sums = figures([
    [words.requests, number(totals.requests)],
    [words.input, number(totals.inputTokens)],
    [words.output, number(totals.outputTokens)],
    [words.cost, money(totals.cost)],
    [words.cached, number(totals.cachedAnswers)],
  ]);
  if (totals.requests + totals.cachedAnswers === 0) return [sums, h("p", { class: "hint" }, words.empty)];
  const known = new Map(byDay.map((each) => [each.day, each]));
  const chart = document.createElement("day-chart");
  chart.days = daysOf(used).map((each) => known.get(each) ?? { day: each, inputTokens: 0, outputTokens: 0 });
  return [
    sums,
    chart,
    h("details", {}, h("summary", {}, words.byDay), table(words.day, byDay.map((each) => [day(each.day), each]))),
    h("h3", {}, words.byProfile),
    table(words.profile, byProfile.map((each) => [each.profile, each])),
    h("h3", {}, words.bySkill),
    table(words.skill, bySkill.map((each) => [each.skill || words.noSkill, each])),
    totals.cost === 0 && h("p", { class: "hint" }, words.noPrices),
  ];
}

function table(what, rows) {
  const heads = [words.requests, words.input, words.output, words.cached, words.cost];
  const cells = (used) => [
    ...[used.requests, used.inputTokens, used.outputTokens, used.cachedAnswers].map(number),
    money(used.cost),
  ];
  return h(
    "div",
    { class: "scroll-x", tabindex: "0", role: "region", "aria-label": words.tableOf(what) },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, what), heads.map((head) => numeric("th", head, "col")))),
      h("tbody", {}, rows.map(([name, used]) => row(name, cells(used)))),
    ),
  );
}

function row(name, cells) {
  return h("tr", {}, h("th", { scope: "row", dir: "auto" }, name), cells.map((cell) => numeric("td", cell)));
}

function numeric(element, text, scope = null) {
  return h(element, { class: "number", scope }, text);
}

customElements.define("ai-usage", AiUsage);
