import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { follow } from "../core/following.js";
import { errorNote } from "../core/notes.js";
import { button } from "../core/pieces.js";
import { cancelled } from "../core/runs.js";
import { failed } from "../core/toast.js";
import { chips } from "../core/values.js";
import { isOver } from "../core/watch.js";
import { texts } from "../texts.js";
import { isUnprovided, stateBadge, stateOf, toProviders } from "./step-list.js";

/**
 * A run as it goes on, and as it ended. `executionId` and `mayRun` are set before it comes onto the
 * page. It tells "runchanged" with the execution when a step or all has ended, "rungone" when the
 * asset was deleted, "runagain" and "runclosed" when that is wanted.
 */
class LiveRun extends Component {
  executionId = "";
  mayRun = false;
  #execution = null;
  #watching = new AbortController();
  #head = h("div", { class: "line" });
  #progress = h("progress");
  #steps = h("step-list");
  #said = h("p", { class: "said", role: "status" });
  #news = h("div", { class: "news" });
  #actions = h("div", { class: "actions" });

  start() {
    fill(this, this.#head, this.#progress, this.#said, this.#steps, this.#news, this.#actions);
    // A stream of events takes a connection; a page that nobody sees needs none.
    document.addEventListener("visibilitychange", () => this.#turned(), { signal: this.signal });
    this.#watch();
  }

  /** Says what the run has changed. */
  set changes(names) {
    fill(
      this.#news,
      this.#advice(),
      h("p", { class: "hint" }, names.length ? texts.asset.changed : texts.asset.unchanged),
      names.length > 0 && chips(names),
    );
  }

  #turned() {
    if (document.hidden) this.#watching.abort();
    else if (this.#watching.signal.aborted) this.#watch();
  }

  async #watch() {
    if (this.#execution && isOver(this.#execution)) return;
    this.#watching = new AbortController();
    const signal = AbortSignal.any([this.signal, this.#watching.signal]);
    try {
      const ended = await follow(this.executionId, (execution) => this.#changed(execution), signal);
      if (ended === null && !signal.aborted) this.tell("rungone");
    } catch (error) {
      fill(this.#news, errorNote(error, () => (fill(this.#news), this.#watch())));
    }
  }

  #changed(execution) {
    const before = this.#execution;
    this.#execution = execution;
    const done = count(execution);
    const total = execution.steps.length;
    const over = isOver(execution);
    fill(this.#head, h("h2", { dir: "auto" }, execution.skillName), stateBadge(execution.status));
    Object.assign(this.#progress, { max: total, value: done, hidden: over, ariaLabel: execution.skillName });
    this.#say(over ? texts.asset.over[execution.status](done) : texts.asset.progress(done, total));
    this.#steps.steps = execution.steps;
    if (!before || isOver(before) !== over) this.#offer(over);
    if (over) fill(this.#news, this.#advice());
    // What was done before it was watched first, the page may not have read yet.
    if (over || (before ? count(before) : 0) !== done) this.tell("runchanged", execution);
  }

  /** Said again only when it is another text. */
  #say(text) {
    if (this.#said.textContent !== text) this.#said.textContent = text;
  }

  #offer(over) {
    const close = button(texts.common.close, { onclick: () => this.tell("runclosed") });
    const repeat = () => this.tell("runagain", this.#execution);
    const again = button(texts.asset.runAgain, { icon: "retry", onclick: repeat });
    const cancel = button(texts.asset.cancelRun, { icon: "stop", onclick: () => this.#cancel(cancel) });
    const hadFocus = this.#actions.contains(document.activeElement);
    const isToRepeat = over && this.#execution.status !== "succeeded";
    fill(this.#actions, this.mayRun && !over && cancel, this.mayRun && isToRepeat && again, over && close);
    if (hadFocus) this.#actions.querySelector("button")?.focus();
  }

  #advice() {
    const { steps } = this.#execution;
    if (!steps.some((each) => stateOf(each) === "failed")) return null;
    const advice = steps.some(isUnprovided) ? texts.asset.adviceProvider : texts.asset.advice;
    return [h("p", { class: "hint" }, advice), toProviders(steps)];
  }

  async #cancel(pressed) {
    if (pressed.ariaDisabled === "true") return;
    pressed.ariaDisabled = "true";
    try {
      this.#changed(await cancelled(this.executionId));
    } catch (error) {
      pressed.ariaDisabled = "false";
      // It ended by itself in the same moment, which the watch tells.
      if (error.code !== "execution_already_finished") failed(error);
    }
  }
}

function count({ steps }) {
  return steps.filter((each) => each.completedAtUtc !== null).length;
}

customElements.define("live-run", LiveRun);
