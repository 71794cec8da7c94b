import { Component, unlessAborted } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { ago } from "../core/format.js";
import { health, PARTS } from "../core/health.js";
import { badge, button, icon } from "../core/pieces.js";
import { texts } from "../texts.js";

const AGAIN_MS = 10_000;
const TICK_MS = 1_000;

const words = texts.settings.health;

/** Whether each part of the hub serves; it looks again as long as somebody looks at it. */
class HubHealth extends Component {
  #overall = h("p", { class: "overall", role: "status" });
  #list = h("ul");
  #checked = h("p", { class: "hint" });
  #at = 0;
  #isLooking = false;

  start() {
    const again = button(words.again, { icon: "retry", look: "icon", onclick: () => this.#look() });
    fill(this, this.#overall, this.#list, h("div", { class: "foot" }, this.#checked, again));
    const timer = setInterval(() => this.#tick(), TICK_MS);
    this.signal.addEventListener("abort", () => clearInterval(timer));
    document.addEventListener("visibilitychange", () => this.#tick(), { signal: this.signal });
    this.#at = 0;
    this.#tick();
  }

  #tick() {
    if (document.hidden) return;
    if (this.#at) this.#checked.textContent = words.checked(ago(new Date(this.#at)));
    if (Date.now() - this.#at >= AGAIN_MS) this.#look();
  }

  async #look() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const states = await unlessAborted(() => health(this.signal));
    this.#isLooking = false;
    if (states) this.#draw(states);
  }

  #draw(states) {
    this.#at = Date.now();
    const lacking = PARTS.filter((part) => states[part] !== "SERVING");
    const told = lacking.length === 0 ? words.allServe : words.lacking(lacking.length);
    // What did not change is not said again.
    if (this.#overall.textContent !== told) {
      this.#overall.classList.toggle("bad", lacking.length > 0);
      fill(this.#overall, icon(lacking.length ? "alert" : "check"), told);
    }
    fill(this.#list, PARTS.map((part) => row(part, states[part])));
    this.#tick();
  }
}

function row(part, state) {
  const tone = state === "SERVING" ? "good" : state === "" ? "" : "bad";
  return h(
    "li",
    {},
    h("div", {}, h("strong", {}, words.parts[part]), h("span", { class: "hint" }, words.does[part])),
    badge(words.states[state] ?? words.states.other, tone),
  );
}

customElements.define("hub-health", HubHealth);
