import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { ago, money, number } from "../core/format.js";
import { badge, button } from "../core/pieces.js";
import { isBuiltIn } from "../core/presets.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";
import "./trial-result.js";

const words = texts.providers;
const NEARLY = 0.8;

/**
 * One AI provider. `profile` is that of the API, `trial` as `trial-result` has it; both are set
 * before it comes onto the page. It tells "act" with what is to be done: "test", "edit",
 * "switch", "delete"; and "dismiss" of its trial.
 */
class ProviderCard extends Component {
  profile = null;
  #result = document.createElement("trial-result");

  set trial(trial) {
    this.#result.trial = trial;
  }

  start() {
    const { profile } = this;
    this.classList.add("card");
    fill(
      this,
      h(
        "div",
        { class: "head" },
        h("h2", {}, h("bdi", {}, profile.name)),
        badge(profile.isActive ? words.active : words.inactive, profile.isActive ? "good" : ""),
        profile.fallbackOrder !== null && badge(words.fallback(number(profile.fallbackOrder))),
        sight(profile, this.#result.trial),
      ),
      facts(profile),
      spending(profile),
      learnt(profile),
      this.#actions(),
      this.#result,
    );
  }

  #actions() {
    const mayUpdate = session.can("aiProviders.update");
    const [switchText, switchIcon] = this.profile.isActive ? [words.deactivate, "stop"] : [words.activate, "check"];
    return h(
      "div",
      { class: "actions" },
      mayUpdate && this.#button("test", words.test, "spark"),
      mayUpdate && this.#button("switch", switchText, switchIcon),
      mayUpdate && this.#button("edit", texts.common.edit, "edit"),
      session.can("aiProviders.delete") && this.#button("delete", texts.common.delete, "delete", "icon"),
    );
  }

  #button(action, text, icon, look = "quiet") {
    return button(text, {
      icon,
      look,
      "data-action": action,
      "aria-label": words.of(text, this.profile.name),
      onclick: () => this.tell("act", { action, profile: this.profile }),
    });
  }
}

/** Whether its model sees pictures, as far as that is known. */
function sight({ apiBaseUrl, capabilities }, trial) {
  if (isBuiltIn(apiBaseUrl)) return badge(words.measures);
  const known = capabilities ?? trial?.result?.capabilities;
  if (known?.canSeeImages === true) return badge(words.sees, "good");
  return known?.canSeeImages === false ? badge(words.blind, "bad") : badge(words.untested, "warn");
}

function facts(profile) {
  const { apiBaseUrl, apiKey, defaultSystemPrompt: prompt } = profile;
  const rows = [
    [words.model, h("bdi", {}, profile.modelName)],
    [words.address, h("bdi", {}, apiBaseUrl)],
    [words.key, apiKey ? h("code", {}, apiKey) : words.noKey],
    [words.prices, prices(profile)],
    prompt && [words.prompt, h("bdi", { class: "prompt" }, prompt)],
  ];
  return h(
    "dl",
    { class: "facts" },
    rows.filter(Boolean).map(([term, fact]) => h("div", {}, h("dt", {}, term), h("dd", {}, fact))),
  );
}

function prices({ inputPricePerMillion: input, outputPricePerMillion: output }) {
  if (input === null && output === null) return words.noPrices;
  const amount = (price) => (price === null ? null : money(price));
  return words.pricesOf(amount(input), amount(output));
}

function spending({ apiBaseUrl, monthlyBudget: budget, spentThisMonth: spent }) {
  if (isBuiltIn(apiBaseUrl)) return null;
  if (budget === null) return h("p", { class: "spending" }, h("strong", {}, words.month), words.spent(money(spent)));
  const isSpent = spent >= budget;
  return h(
    "div",
    { class: "spending" },
    h("strong", {}, words.month),
    h("span", {}, words.spentOf(money(spent), money(budget))),
    h("meter", { ...scale(spent, budget), "aria-label": words.month }),
    isSpent && h("p", { class: "complaint" }, words.budgetSpent),
  );
}

/** Of a budget of nothing all is spent. */
function scale(spent, budget) {
  return { min: 0, max: budget || 1, high: NEARLY * budget, optimum: 0, value: budget ? spent : 1 };
}

function learnt({ apiBaseUrl, capabilities }) {
  if (capabilities === null) return null;
  const { answerFormat, tokenField, apiBaseUrl: asked, maxImageSide, learntAtUtc } = capabilities;
  const told = words.learntOf;
  const lines = [
    told[answerFormat],
    tokenField === null && told.noTokenField,
    maxImageSide !== null && told.side(number(maxImageSide)),
    asked !== apiBaseUrl && told.address(asked),
    told.when(ago(learntAtUtc)),
  ];
  const list = h("ul", {}, lines.filter(Boolean).map((line) => h("li", {}, line)));
  return h("details", {}, h("summary", {}, words.learnt), list);
}

customElements.define("provider-card", ProviderCard);
