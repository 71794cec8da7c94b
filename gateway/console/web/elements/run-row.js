import { api } from "../core/api.js";
import { pageAddress, thumbnailAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { acceptedAt, failedStep, isLater } from "../core/executions.js";
import { ago, duration, money, moment, number } from "../core/format.js";
import { button, icon } from "../core/pieces.js";
import { parametersOf } from "../core/runs.js";
import { session } from "../core/session.js";
import { isOver } from "../core/watch.js";
import { texts } from "../texts.js";
import { stateBadge, toProviders } from "./step-list.js";

const words = texts.executions;

let rows = 0;

/**
 * An execution in a list. `execution` is set before it comes onto the page; `show` gives what is known
 * later. It tells "again" and "cancel" when they are asked for, "opened" and "closed", and "ended".
 */
class RunRow extends Component {
  execution = null;
  #isOpen = false;
  #note = "";
  #id = `run-${++rows}`;
  #parts = null;

  start() {
    this.#parts = this.#made();
    const { picture, toggle, state, facts, reason, note, retry, cancel, details } = this.#parts;
    const mayChange = session.can("assets.update");
    fill(
      this,
      picture,
      h(
        "div",
        { class: "about" },
        h("div", { class: "line" }, toggle, state),
        reason,
        facts,
        note,
      ),
      h("div", { class: "actions" }, mayChange && [retry, cancel]),
      details,
    );
    this.#draw();
  }

  /** Whether its steps are shown. */
  get isOpen() {
    return this.#isOpen;
  }

  /** Whether somebody is at it, so that it had better stay where it is. */
  get isInUse() {
    return this.#isOpen || this.contains(document.activeElement);
  }

  /** Takes what is known now, unless more was known before. */
  show(execution) {
    if (!isLater(this.execution, execution)) return;
    this.execution = execution;
    if (!this.isConnected) return;
    this.#draw();
    if (isOver(execution)) this.tell("ended");
  }

  /** Says something in it; null for nothing. */
  say(text) {
    this.#note = text ?? "";
    this.#parts.note.textContent = this.#note;
  }

  /** Has the moments be told anew. */
  tick() {
    fill(this.#parts.facts, facts(this.execution));
  }

  focus() {
    this.#parts.toggle.focus();
  }

  #made() {
    const { execution } = this;
    const name = h("span", { class: "name", dir: "auto" }, execution.skillName);
    const toggle = h(
      "button",
      { type: "button", class: "toggle", "aria-controls": this.#id, onclick: () => this.#toggle() },
      icon("chevron"),
      name,
    );
    return {
      picture: picture(execution.assetId, this.signal),
      toggle,
      state: h("span", { class: "state" }),
      facts: h("p", { class: "facts" }),
      reason: h("p", { class: "reason", dir: "auto" }),
      note: h("p", { class: "hint" }, this.#note),
      retry: this.#action(words.again, "retry", "again"),
      cancel: this.#action(words.cancel, "stop", "cancel"),
      steps: h("step-list"),
      given: h("p", { class: "hint", dir: "auto" }),
      help: h("div", { class: "help" }),
      details: h("div", { class: "details", id: this.#id }),
    };
  }

  #action(text, drawing, told) {
    const label = texts.common.actionOn(text, this.execution.skillName);
    return button(text, { icon: drawing, "aria-label": label, onclick: () => this.tell(told) });
  }

  #draw() {
    const { execution } = this;
    const { toggle, state, reason, retry, cancel, steps, given, help, details } = this.#parts;
    const failure = failedStep(execution);
    fill(state, stateBadge(execution.status));
    fill(reason, failure && [h("b", {}, failure.stepName), `: ${failure.errorMessage ?? ""}`]);
    this.tick();
    this.#offer(retry, isOver(execution));
    this.#offer(cancel, !isOver(execution));
    this.dataset.status = execution.status;
    toggle.setAttribute("aria-expanded", String(this.#isOpen));
    details.hidden = !this.#isOpen;
    if (!this.#isOpen) return;
    steps.steps = execution.steps;
    given.textContent = parametersText(execution);
    fill(help, toProviders(execution.steps));
    if (!details.hasChildNodes()) {
      const id = h("p", { class: "trace" }, `${words.id} `, h("code", {}, execution.executionId));
      fill(details, steps, help, given, id);
    }
  }

  /** Shows a button or not; who was at it is led to the row. */
  #offer(made, isOffered) {
    if (!isOffered && made === document.activeElement) this.#parts.toggle.focus();
    made.hidden = !isOffered;
  }

  #toggle() {
    this.#isOpen = !this.#isOpen;
    this.#draw();
    this.tell(this.#isOpen ? "opened" : "closed");
  }
}

/** The asset's thumbnail, which leads to it; or that it is gone. */
function picture(assetId, signal) {
  const image = h("img", {
    src: thumbnailAddress(assetId),
    alt: words.picture,
    loading: "lazy",
    decoding: "async",
    width: 56,
    height: 56,
  });
  const link = h("a", { class: "picture", href: pageAddress(`/assets/${assetId}`) }, image);
  image.addEventListener("error", () => replaced(link, assetId, signal));
  return link;
}

/** In place of a thumbnail that there is not: the picture may be broken, or gone. */
async function replaced(link, assetId, signal) {
  const isGone = await api.get(`/assets/${assetId}`, { signal }).then(
    () => false,
    (error) => error.status === 404,
  );
  if (isGone) link.replaceWith(stand("delete", words.pictureGone, "picture"));
  else fill(link, stand("pictures", words.picture));
}

function stand(drawing, text, look = "") {
  return h("span", { class: `${look} none`, role: "img", "aria-label": text, title: text }, icon(drawing));
}

function facts(execution) {
  const { triggerSource, startedAtUtc, completedAtUtc, usage } = execution;
  const at = startedAtUtc ?? acceptedAt(execution);
  const tokens = usage.inputTokens + usage.outputTokens;
  const told = [
    texts.steps.triggers[triggerSource] ?? triggerSource,
    h("time", { datetime: at, title: moment(at) }, ago(at)),
    startedAtUtc && completedAtUtc && duration(startedAtUtc, completedAtUtc),
    tokens > 0 && words.tokens(number(tokens)),
    usage.cost > 0 && texts.steps.cost(money(usage.cost)),
  ];
  return told.filter(Boolean).map((each) => h("span", {}, each));
}

function parametersText(execution) {
  const given = Object.entries(parametersOf(execution));
  if (given.length === 0) return "";
  return words.given(given.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(", "));
}

customElements.define("run-row", RunRow);
