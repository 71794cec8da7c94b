import { api } from "../core/api.js";
import { pageAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { acceptedAt } from "../core/executions.js";
import { texts } from "../texts.js";

const words = texts.executions;

/** How many run, wait, and have failed today, of all. `look` finds out. */
class RunSummary extends Component {
  #failed = { total: -1, today: 0, day: "" };
  #told = {};

  start() {
    this.#draw();
  }

  /** Looks how many there are, and says whether any has not ended. Throws ApiError. */
  async look() {
    const [running, queued, failed] = await Promise.all(
      ["running", "queued", "failed"].map((status) => counted({ status }, this.signal)),
    );
    await this.#countToday(failed.total);
    this.#told = { running: running.total, queued: queued.total, failed: this.#failed.today };
    this.#draw();
    return running.total + queued.total > 0;
  }

  #draw() {
    const links = Object.entries(this.#told).map(([status, count]) =>
      h(
        "li",
        { class: count > 0 ? status : null },
        h("a", { href: pageAddress("/executions", { status }) }, words.counts[status](count)),
      ),
    );
    fill(this, h("ul", {}, links));
  }

  /** Lists know no days, but are newest first: today's are the first ones. */
  async #countToday(total) {
    const day = new Date().toDateString();
    if (total === this.#failed.total && day === this.#failed.day) return;
    let least = 0;
    let most = total;
    while (least < most) {
      // Mostly few are of today.
      const tried = Math.min(2 * least + 1, Math.ceil((least + most) / 2));
      const { items } = await counted({ status: "failed", page: tried }, this.signal);
      const isToday = items.length > 0 && new Date(acceptedAt(items[0])).toDateString() === day;
      if (isToday) least = tried;
      else most = tried - 1;
    }
    this.#failed = { total, today: least, day };
  }
}

function counted(query, signal) {
  return api.get("/executions", { query: { ...query, pageSize: 1 }, signal });
}

customElements.define("run-summary", RunSummary);
