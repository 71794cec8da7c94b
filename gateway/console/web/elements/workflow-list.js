import { api } from "../core/api.js";
import { pageAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { confirm } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { Drafts } from "../core/drafts.js";
import { Graph } from "../core/graph.js";
import { emptyNote } from "../core/notes.js";
import { badge, button, icon } from "../core/pieces.js";
import { session } from "../core/session.js";
import { failed, toast } from "../core/toast.js";
import { texts } from "../texts.js";

const CHIPS = 8;
const NAME_CHARACTERS = 100;

/**
 * All workflows. Set `workflows` and `skills`, as the API tells them. It tells "changed" when it has
 * changed one, with what it has to say.
 */
export class WorkflowList extends Component {
  workflows = [];
  skills = [];
  #drafts = new Drafts("workflow");

  start() {
    const { workflows } = this;
    const isNone = workflows.length === 0;
    fill(
      this,
      !isNone && this.#uploads(),
      this.#unsaved(),
      isNone ? this.#empty() : h("ul", { class: "cards" }, workflows.map((each) => h("li", { class: "card" }, this.#card(each)))),
    );
  }

  get #mayChange() {
    return session.can("settings.update");
  }

  #empty() {
    const { title, text, readOnly, make } = texts.workflows.empty;
    const action = this.#mayChange && h("a", { class: "button main", href: pageAddress("/workflows", { new: 1 }) }, icon("plus"), make);
    return emptyNote("workflow", title, this.#mayChange ? text : readOnly, action);
  }

  /** What uploads run. */
  #uploads() {
    const auto = this.workflows.find((each) => each.isAutoRun);
    const usual = this.skills[0]?.skillName;
    if (!auto && !usual) return null;
    const [before, name, after] = auto ? texts.workflows.uploadsRun(auto.name) : texts.workflows.uploadsRunSkill(usual);
    return h("p", { class: "uploads" }, icon("upload"), h("span", {}, before, h("strong", {}, h("bdi", {}, name)), after));
  }

  /** A new one that was begun and not saved. */
  #unsaved() {
    if (!this.#mayChange || !this.#drafts.get("new")) return null;
    const discard = () => {
      this.#drafts.forget("new");
      this.tell("changed");
    };
    return h(
      "div",
      { class: "banner" },
      h("p", {}, texts.workflows.newUnsaved),
      h("a", { class: "button quiet", href: pageAddress("/workflows", { new: 1 }) }, texts.workflows.goOn),
      button(texts.workflows.discard, { onclick: discard }),
    );
  }

  #card(workflow) {
    const { id, name, description, isAutoRun } = workflow;
    const isDraft = this.#mayChange && this.#drafts.get(id) !== null;
    return [
      h(
        "div",
        { class: "head" },
        h("h2", {}, h("a", { href: pageAddress("/workflows", { id }) }, h("bdi", {}, name))),
        isAutoRun && badge(texts.workflows.autoRun, "good"),
        isDraft && badge(texts.workflows.unsaved, "warn"),
      ),
      description && h("p", { class: "description", dir: "auto" }, description),
      this.#chips(workflow),
      this.#mayChange && this.#actions(workflow),
    ];
  }

  #chips({ graphJson }) {
    const { nodes } = new Graph(graphJson);
    if (nodes.length === 0) return h("p", { class: "hint" }, texts.workflows.noSkillsYet);
    const known = new Set(this.skills.map((each) => each.skillName));
    const chips = nodes.slice(0, CHIPS).map(({ skill }) => {
      const text = typeof skill === "string" ? skill : texts.workflows.broken;
      const isKnown = known.has(skill) || known.size === 0;
      const hint = isKnown ? null : texts.workflows.unknownBadge;
      return h("li", { class: isKnown ? "chip" : "chip unknown" }, !isKnown && icon("alert"), h("bdi", {}, text), hint && h("span", { class: "unseen" }, ` (${hint})`));
    });
    const more = nodes.length - CHIPS;
    return h("ol", { class: "chips" }, chips, more > 0 && h("li", { class: "hint" }, texts.workflows.moreSkills(more)));
  }

  #actions(workflow) {
    const { id, name, isAutoRun } = workflow;
    const labelled = (text, rest) => button(text, { look: "plain", "aria-label": texts.common.actionOn(text, name), ...rest });
    const { autoOff, autoOn, copy } = texts.workflows;
    return h(
      "div",
      { class: "actions" },
      h(
        "a",
        { class: "button plain", href: pageAddress("/workflows", { id }), "aria-label": texts.common.actionOn(texts.common.edit, name) },
        icon("edit"),
        h("span", {}, texts.common.edit),
      ),
      isAutoRun
        ? labelled(autoOff, { icon: "stop", onclick: () => this.#do(() => put(workflow, false), texts.workflows.saidAutoOff) })
        : labelled(autoOn, {
            icon: "play",
            onclick: () => this.#do(() => api.patch(`/system/workflows/${id}/autorun`), texts.workflows.saidAutoOn(name)),
          }),
      labelled(copy, { icon: "copy", onclick: () => this.#do(() => this.#copy(workflow), texts.workflows.saidCopied(name)) }),
      labelled(texts.common.delete, { icon: "delete", onclick: () => this.#delete(workflow) }),
    );
  }

  async #do(work, said) {
    try {
      await work();
    } catch (error) {
      failed(error);
      return;
    }
    toast(said);
    this.tell("changed");
  }

  #copy({ name, description, graphJson }) {
    const taken = new Set(this.workflows.map((each) => each.name.toLowerCase()));
    let number = 1;
    let copied;
    do copied = copyName(name, number++);
    while (taken.has(copied.toLowerCase()));
    return api.post("/system/workflows", { body: { name: copied, description, graphJson } });
  }

  async #delete({ id, name, isAutoRun }) {
    const { deleteTitle, deleteHint, deleteAutoHint } = texts.workflows;
    const content = [h("p", {}, deleteHint), isAutoRun && h("p", {}, deleteAutoHint)];
    if (!(await confirm({ title: deleteTitle(name), content, action: texts.common.delete, isDangerous: true }))) return;
    await this.#do(async () => {
      await api.delete(`/system/workflows/${id}`);
      this.#drafts.forget(id);
    }, texts.workflows.saidDeleted(name));
  }
}

function put({ id, name, description, graphJson }, isAutoRun) {
  return api.put(`/system/workflows/${id}`, { body: { name, description, graphJson, isAutoRun } });
}

function copyName(name, number) {
  const end = texts.workflows.copyEnd(number);
  // Whole characters, not halves of them.
  return [...name].slice(0, NAME_CHARACTERS - end.length).join("") + end;
}

customElements.define("workflow-list", WorkflowList);
