import { Component } from "../core/component.js";
import { confirm } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { again, Catalogue } from "../core/runs.js";
import { button } from "../core/pieces.js";
import { toast } from "../core/toast.js";
import { texts } from "../texts.js";

const words = texts.executions;

/**
 * Starts many executions again, one after the other, and shows how far it has come. `offer` is called
 * with those that can be; it tells "started" with `{execution, executionId}` for each.
 */
class RetryAll extends Component {
  #failed = [];
  #isBusy = false;
  #button = button("", { icon: "retry", onclick: () => this.#ask() });

  start() {
    this.#draw();
  }

  /** What the button would start. */
  offer(executions) {
    this.#failed = executions;
    if (!this.#isBusy) this.#draw();
  }

  #draw() {
    this.#button.querySelector(".label").textContent = words.retryAll(this.#failed.length);
    this.hidden = this.#failed.length < 2;
    if (this.firstChild !== this.#button) fill(this, this.#button);
  }

  async #ask() {
    const wanted = [...this.#failed];
    const isWanted = await confirm({
      title: words.retryAllTitle(wanted.length),
      content: h("p", {}, words.retryAllHint),
      action: words.retryAll(wanted.length),
    });
    if (isWanted) await this.#startAll(wanted);
  }

  async #startAll(wanted) {
    const bar = h("progress", { max: wanted.length, value: 0, "aria-label": words.retrying });
    const told = h("span", { role: "status" }, words.started(0, wanted.length));
    let isStopped = false;
    const stop = button(words.stop, { icon: "stop", onclick: () => (isStopped = true) });
    this.#isBusy = true;
    fill(this, h("div", { class: "progress" }, told, bar, stop));
    stop.focus();
    const problems = [];
    const catalogue = new Catalogue();
    let done = 0;
    for (const execution of wanted) {
      if (isStopped || this.signal.aborted) break;
      try {
        this.tell("started", { execution, executionId: await again(execution, catalogue) });
      } catch (error) {
        problems.push(error);
      }
      bar.value = ++done;
      told.textContent = words.started(done - problems.length, wanted.length);
    }
    this.#isBusy = false;
    this.#ended(done - problems.length, problems);
  }

  #ended(count, problems) {
    this.#draw();
    if (this.hidden) this.tell("leave");
    else this.#button.focus();
    if (problems.length === 0) toast(words.startedAll(count));
    else {
      const [{ message, traceId }] = problems;
      toast(words.notStarted(problems.length, message), { isError: true, traceId });
    }
  }
}

customElements.define("retry-all", RetryAll);
