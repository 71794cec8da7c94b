import { api } from "../core/api.js";
import { Component } from "../core/component.js";
import { h } from "../core/dom.js";
import { loadInto } from "../core/loading.js";
import { badge } from "../core/pieces.js";
import { texts } from "../texts.js";

const words = texts.settings.skills;

/** Every skill with its steps and parameters. */
class SkillCatalog extends Component {
  start() {
    loadInto(this, () => api.get("/assets/skills", { signal: this.signal }), (skills) => skills.map(entry));
  }
}

function entry({ skillName, description, steps, parameters }, at) {
  return h(
    "details",
    {},
    h(
      "summary",
      {},
      h("bdi", {}, skillName),
      at === 0 && badge(words.usual),
      h("span", { class: "hint" }, description),
    ),
    h("h3", {}, words.steps),
    h("ol", { class: "steps-of" }, steps.map((step) => h("li", {}, step))),
    h("h3", {}, words.parameters),
    parameters.length ? h("dl", {}, parameters.map(parameter)) : h("p", { class: "hint" }, texts.parameters.none),
  );
}

function parameter({ name, type, default: usual, description, minimum, maximum, maxLength, choices }) {
  const range = minimum !== null && maximum !== null && texts.parameters.range(minimum, maximum);
  const facts = [
    words.types[type] ?? type,
    choices && choices.join(", "),
    range,
    minimum !== null && maximum === null && texts.parameters.least(minimum),
    maxLength !== null && words.longest(maxLength),
    words.default(JSON.stringify(usual)),
  ];
  return [
    h("dt", {}, h("code", {}, name)),
    h("dd", {}, description, h("span", { class: "hint" }, ` ${facts.filter(Boolean).join(" · ")}`)),
  ];
}

customElements.define("skill-catalog", SkillCatalog);
