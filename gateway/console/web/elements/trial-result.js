import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { ago } from "../core/format.js";
import { traceNote } from "../core/notes.js";
import { badge, button } from "../core/pieces.js";
import { isBuiltIn } from "../core/presets.js";
import { texts } from "../texts.js";

/**
 * What came of trying a provider out. `trial` is null, `{stop}` while it runs, `{result, at}` with
 * what the API tells, or `{error}`; setting it draws anew. It tells "dismiss".
 */
export class TrialResult extends Component {
  #trial = null;

  get trial() {
    return this.#trial;
  }

  set trial(trial) {
    this.#trial = trial;
    if (this.isConnected) this.start();
  }

  start() {
    this.setAttribute("role", "status");
    const trial = this.#trial;
    if (trial === null) fill(this);
    else if (trial.stop) fill(this, running(trial));
    else fill(this, trial.error ? refused(trial.error) : told(trial), this.#dismiss());
  }

  #dismiss() {
    const dismiss = () => this.tell("dismiss");
    return button(texts.trial.dismiss, { icon: "close", look: "icon", onclick: dismiss });
  }
}

function running({ stop }) {
  return [
    h(
      "div",
      {},
      h("p", {}, badge(texts.trial.running, "busy")),
      h("p", { class: "hint" }, texts.trial.runningHint),
    ),
    button(texts.trial.stop, { icon: "stop", onclick: stop }),
  ];
}

function refused(error) {
  return h(
    "div",
    {},
    h("p", {}, badge(texts.trial.notAsked, "bad")),
    h("p", { class: "reason", dir: "auto" }, error.message),
    traceNote(error.traceId),
  );
}

function told({ result, at }) {
  const { text, tone, hint } = verdict(result);
  return h(
    "div",
    {},
    h("p", {}, badge(text, tone)),
    hint && h("p", { class: "hint" }, hint),
    result.errorMessage && h("p", { class: "reason", dir: "auto" }, result.errorMessage),
    result.caption && said(result.caption),
    h(
      "dl",
      {},
      h("dt", {}, texts.trial.model),
      h("dd", { dir: "auto" }, result.resolvedModelName),
      h("dt", {}, texts.trial.address),
      h("dd", {}, h("bdi", {}, result.resolvedApiBaseUrl)),
    ),
    h("p", { class: "hint" }, texts.trial.when(ago(at))),
  );
}

/** Whatever it is: a model may say anything, at any length. */
function said(caption) {
  return h(
    "figure",
    {},
    h("figcaption", {}, texts.trial.said),
    h("blockquote", { dir: "auto", tabindex: "0", "aria-label": texts.trial.said, role: "group" }, caption),
  );
}

function verdict({ succeeded, canSeeImages, resolvedApiBaseUrl }) {
  const { sees, seesHint, blind, blindHint, measures, failed } = texts.trial;
  if (!succeeded) return { text: failed, tone: "bad", hint: "" };
  if (canSeeImages) return { text: sees, tone: "good", hint: seesHint };
  if (isBuiltIn(resolvedApiBaseUrl)) return { text: measures, tone: "", hint: "" };
  return { text: blind, tone: "warn", hint: blindHint };
}

customElements.define("trial-result", TrialResult);
