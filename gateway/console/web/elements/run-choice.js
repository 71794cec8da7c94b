import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { field } from "../core/pieces.js";
import { texts } from "../texts.js";
import "./parameter-form.js";

const words = texts.assets;

/**
 * A choice of what is run: a skill with its parameters, or a workflow. `skills` and `workflows` are
 * those of the API, set before it comes onto the page. `read` gives `{skillName, parameters}` or
 * `{workflowId}`, or null after it has said what is wrong.
 */
class RunChoice extends Component {
  skills = [];
  workflows = [];
  #select = h("select", { onchange: () => this.#drawForm() });
  #place = h("div");
  #form = null;

  start() {
    fill(
      this.#select,
      group(words.skills, this.skills.map((each) => [`skill ${each.skillName}`, each.skillName])),
      group(words.workflows, this.workflows.map((each) => [`workflow ${each.id}`, each.name])),
    );
    fill(this, field(words.runWhat, this.#select), this.#place);
    this.#drawForm();
  }

  /** What was chosen; null if a parameter is wrong. */
  read() {
    const skill = this.#skill();
    if (!skill) return { workflowId: this.#select.value.replace("workflow ", "") };
    const parameters = this.#form.read();
    return parameters && { skillName: skill.skillName, parameters };
  }

  #skill() {
    return this.skills.find((each) => `skill ${each.skillName}` === this.#select.value);
  }

  #drawForm() {
    const skill = this.#skill();
    this.#form = skill && h("parameter-form", { ".parameters": skill.parameters });
    fill(this.#place, skill && h("p", { class: "hint" }, skill.description), this.#form);
  }
}

function group(label, pairs) {
  if (pairs.length === 0) return null;
  return h("optgroup", { label }, pairs.map(([value, text]) => h("option", { value }, text)));
}

customElements.define("run-choice", RunChoice);
