import { pageAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { duration } from "../core/format.js";
import { badge, icon } from "../core/pieces.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";

/** What the hub says where no AI provider is active: the page of these. */
const PROVIDERS = "/ai-providers";
const TONES = { succeeded: "good", failed: "bad", running: "busy", queued: "", cancelled: "warn", skipped: "warn" };

/**
 * The steps of an execution, as they stand. `steps` are those of the API, of the asset's summary or
 * of the execution; setting them draws anew.
 */
class StepList extends Component {
  #steps = [];

  get steps() {
    return this.#steps;
  }

  set steps(steps) {
    this.#steps = steps;
    if (this.isConnected) this.start();
  }

  start() {
    fill(this, h("ol", { class: "steps" }, this.#steps.map(row)));
  }
}

/** What a step is at: "queued", "running", "succeeded", "failed", "skipped" or "cancelled". */
export function stateOf(step) {
  if (step.succeeded === true) return "succeeded";
  if (step.succeeded === false) {
    if (step.errorMessage === "cancelled") return "cancelled";
    return step.errorMessage?.startsWith("skipped:") ? "skipped" : "failed";
  }
  return step.startedAtUtc ? "running" : "queued";
}

/** Whether a step failed for want of an AI provider. */
export function isUnprovided(step) {
  return stateOf(step) === "failed" && Boolean(step.errorMessage?.includes(PROVIDERS));
}

/** The way to the AI providers, for who may see them; null if no step wants for one. */
export function toProviders(steps) {
  if (!session.can("aiProviders.read") || !steps.some(isUnprovided)) return null;
  return h("a", { class: "button quiet", href: pageAddress(PROVIDERS) }, icon("spark"), texts.asset.toProviders);
}

/** The badge of a state of a step or of an execution. */
export function stateBadge(state) {
  return badge(texts.steps[state] ?? state, TONES[state] ?? "");
}

function row(step) {
  const state = stateOf(step);
  return h(
    "li",
    { class: `step ${state}` },
    h("div", { class: "line" }, h("span", { class: "name" }, step.stepName), stateBadge(state), time(step)),
    step.errorMessage && state !== "cancelled" && h("p", { class: "reason" }, step.errorMessage),
    h("p", { class: "details" }, details(step).join(" · ")),
  );
}

function time(step) {
  if (!step.startedAtUtc || !step.completedAtUtc) return null;
  return h("span", { class: "time" }, duration(step.startedAtUtc, step.completedAtUtc));
}

function details({ profile, model, cached, usage, attempts }) {
  const { inputTokens = 0, outputTokens = 0 } = usage ?? {};
  return [
    profile && (model ? `${profile} (${model})` : profile),
    cached && texts.steps.kept,
    inputTokens + outputTokens > 0 && texts.steps.tokens(inputTokens, outputTokens),
    attempts > 1 && texts.steps.attempts(attempts),
  ].filter(Boolean);
}

customElements.define("step-list", StepList);
