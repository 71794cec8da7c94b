import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { ago } from "../core/format.js";
import { traceNote } from "../core/notes.js";
import { badge, button } from "../core/pieces.js";
import { isBuiltIn } from "../core/presets.js";
import { texts } from "../texts.js";

const words = texts.trial;

/**
 * What came of trying a provider out. `trial` is null, `{stop}` while it runs, `{result, at}` with
 * what the API tells, or `{error}`; setting it draws anew. It tells "dismiss".
 */
class TrialResult extends Component {
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
    return button(words.dismiss, { icon: "close", look: "icon", onclick: dismiss });
  }
}

function running({ stop }) {
  return [
    h(
      "div",
      {},
      h("p", {}, badge(words.running, "busy")),
      h("p", { class: "hint" }, words.runningHint),
    ),
    button(words.stop, { icon: "stop", onclick: stop }),
  ];
}

function refused(error) {
  return h(
    "div",
    {},
    h("p", {}, badge(words.notAsked, "bad")),
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
      h("dt", {}, words.model),
      h("dd", { dir: "auto" }, result.resolvedModelName),
      h("dt", {}, words.address),
      h("dd", {}, h("bdi", {}, result.resolvedApiBaseUrl)),
    ),
    h("p", { class: "hint" }, words.when(ago(at))),
  );
}

/** Whatever it is: a model may say anything, at any length. */
function said(caption) {
  return h(
    "figure",
    {},
    h("figcaption", {}, words.said),
    h("blockquote", { dir: "auto", tabindex: "0", "aria-label": words.said, role: "group" }, caption),
  );
}

function verdict({ succeeded, canSeeImages, resolvedApiBaseUrl }) {
  if (!succeeded) return { text: words.failed, tone: "bad", hint: "" };
  if (canSeeImages) return { text: words.sees, tone: "good", hint: words.seesHint };
  if (isBuiltIn(resolvedApiBaseUrl)) return { text: words.measures, tone: "", hint: "" };
  return { text: words.blind, tone: "warn", hint: words.blindHint };
}

customElements.define("trial-result", TrialResult);
