import { pageAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { open } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { traceNote } from "../core/notes.js";
import { icon } from "../core/pieces.js";
import { texts } from "../texts.js";
import "./parameter-form.js";

let panels = 0;

/**
 * The choice of a skill or a workflow, with a form for its parameters. `skills`, `workflows` and
 * `hasProvider` are set before it comes onto the page, as core/runs.js gives them.
 */
class RunPanel extends Component {
  skills = [];
  workflows = [];
  hasProvider = true;
  #group = `run-${++panels}`;
  #cards = 0;
  #form = null;
  #choose = () => null;

  start() {
    const { skills, workflows } = this;
    const skillCards = skills.map((each) => this.#skillCard(each));
    const workflowCards = workflows.map((each) => this.#workflowCard(each));
    fill(
      this,
      !this.hasProvider && providerNote(),
      h("fieldset", {}, h("legend", {}, texts.asset.skills), skillCards),
      workflows.length > 0 && h("fieldset", {}, h("legend", {}, texts.asset.workflows), workflowCards),
    );
    const first = this.querySelector("input[type=radio]");
    first?.click();
  }

  /** The choice, as `startRun` takes it; null after it has said at a field what is wrong. */
  read() {
    return this.#choose();
  }

  #skillCard({ skillName, description, steps, parameters }) {
    return this.#card(skillName, description, steps.length > 1 ? steps.join(" · ") : "", () => {
      if (parameters.length === 0) return this.#chosen(null, () => ({ skillName, parameters: {} }));
      const form = Object.assign(h("parameter-form"), { parameters });
      return this.#chosen(form, () => {
        const values = form.read();
        return values && { skillName, parameters: values };
      });
    });
  }

  #workflowCard({ id, name, description }) {
    return this.#card(name, description, "", () => this.#chosen(null, () => ({ workflowId: id })));
  }

  #card(name, description, details, choose) {
    const id = `${this.#group}-${++this.#cards}`;
    // Its name is short; the rest is read after it.
    const reading = { "aria-labelledby": `${id}-name`, "aria-describedby": `${id}-hint` };
    const box = h("input", { type: "radio", name: this.#group, ...reading });
    const hints = [description, details].filter(Boolean).map((each) => h("span", { dir: "auto" }, each));
    const made = h(
      "div",
      { class: "choice" },
      h(
        "label",
        {},
        box,
        h("span", { class: "name", id: `${id}-name`, dir: "auto" }, name),
        h("span", { class: "hint", id: `${id}-hint` }, hints),
      ),
    );
    box.addEventListener("change", () => {
      this.#form?.remove();
      this.#form = choose();
      if (this.#form) made.append(this.#form);
    });
    return made;
  }

  #chosen(form, choose) {
    this.#choose = choose;
    return form;
  }
}

/** Has something chosen and started with `start`, which is given the choice; gives what that gives, else null. */
export function chooseRun(title, options, start) {
  const panel = Object.assign(h("run-panel"), options);
  const problem = h("div", { class: "problem", role: "alert" });
  const submit = async () => {
    fill(problem);
    const choice = panel.read();
    if (choice === null) return undefined;
    try {
      return await start(choice);
    } catch (error) {
      fill(problem, h("p", {}, error.message), traceNote(error.traceId));
      return undefined;
    }
  };
  return open({ title, content: [panel, problem], submit, submitText: texts.common.run, isWide: true });
}

function providerNote() {
  return h(
    "div",
    { class: "banner" },
    icon("alert"),
    h("p", {}, texts.asset.noProvider),
    h("a", { href: pageAddress("/ai-providers") }, texts.asset.toProviders),
  );
}

customElements.define("run-panel", RunPanel);
