import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { texts } from "../texts.js";

const words = texts.workflows;

/** A run has at most so many steps. */
const MOST_STEPS = 100;

/** What a run of a workflow does, step by step. `show` is called with its nodes and the skills by name. */
class RunPreview extends Component {
  #steps = h("ol", { class: "flow" });
  #note = h("p", { class: "hint" });

  start() {
    fill(this, h("h2", {}, words.preview), this.#note, this.#steps);
  }

  show(nodes, skills) {
    const parts = nodes.map((node) => ({ node, skill: skills.get(node.skill) }));
    const count = parts.reduce((sum, { skill }) => sum + (skill?.steps.length ?? 0), 0);
    const isBlocked = parts.some(({ skill }) => !skill);
    this.#note.textContent =
      count > MOST_STEPS ? words.tooMany(count, MOST_STEPS) : isBlocked ? words.blocked : words.previewHint(count);
    this.#note.classList.toggle("wrong", count > MOST_STEPS || isBlocked);
    fill(this.#steps, parts.map(part));
  }
}

function part({ node, skill }) {
  const name = typeof node.skill === "string" ? node.skill : words.broken;
  const steps = skill?.steps ?? [];
  const isItself = steps.length === 1 && steps[0] === name;
  return h(
    "li",
    { class: skill ? null : "unknown" },
    h("bdi", {}, name),
    !skill && h("span", { class: "hint" }, words.unknownBadge),
    !isItself && steps.length > 0 && h("ul", {}, steps.map((step) => h("li", {}, step))),
  );
}

customElements.define("run-preview", RunPreview);
