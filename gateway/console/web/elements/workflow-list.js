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

const words = texts.workflows;
const CHIPS = 8;
const NAME_CHARACTERS = 100;

/**
 * All workflows. Set `workflows` and `skills`, as the API tells them. It tells "changed" when it has
 * changed one, with what it has to say.
 */
class WorkflowList extends Component {
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
      isNone ? this.#empty() : h("ul", { class: "cards" }, workflows.map((each) => this.#card(each))),
    );
  }

  get #mayChange() {
    return session.can("settings.update");
  }

  #empty() {
    if (!this.#mayChange) return emptyNote("workflow", words.empty.title, words.empty.readOnly);
    const href = pageAddress("/workflows", { new: 1 });
    const action = h("a", { class: "button main", href }, icon("plus"), words.empty.make);
    return emptyNote("workflow", words.empty.title, words.empty.text, action);
  }

  /** What uploads run. */
  #uploads() {
    const auto = this.workflows.find((each) => each.isAutoRun);
    const usual = this.skills[0]?.skillName;
    if (!auto && !usual) return null;
    const [before, name, after] = auto ? words.uploadsRun(auto.name) : words.uploadsRunSkill(usual);
    const told = h("span", {}, before, h("strong", {}, h("bdi", {}, name)), after);
    return h("p", { class: "uploads" }, icon("upload"), told);
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
      h("p", {}, words.newUnsaved),
      h("a", { class: "button quiet", href: pageAddress("/workflows", { new: 1 }) }, words.goOn),
      button(words.discard, { onclick: discard }),
    );
  }

  #card(workflow) {
    const { id, name, description, isAutoRun } = workflow;
    const isDraft = this.#mayChange && this.#drafts.get(id) !== null;
    return h(
      "li",
      { class: "card" },
      h(
        "div",
        { class: "head" },
        h("h2", {}, h("a", { href: pageAddress("/workflows", { id }) }, h("bdi", {}, name))),
        isAutoRun && badge(words.autoRun, "good"),
        isDraft && badge(words.unsaved, "warn"),
      ),
      description && h("p", { class: "description", dir: "auto" }, description),
      this.#chips(workflow),
      this.#mayChange && this.#actions(workflow),
    );
  }

  #chips({ graphJson }) {
    const { nodes } = new Graph(graphJson);
    if (nodes.length === 0) return h("p", { class: "hint" }, words.noSkillsYet);
    const known = new Set(this.skills.map((each) => each.skillName));
    const isKnown = (skill) => known.has(skill) || known.size === 0;
    const chips = nodes.slice(0, CHIPS).map(({ skill }) => chip(skill, isKnown(skill)));
    const more = nodes.length - CHIPS;
    return h("ol", { class: "chips" }, chips, more > 0 && h("li", { class: "hint" }, words.moreSkills(more)));
  }

  #actions(workflow) {
    const { id, name, isAutoRun } = workflow;
    const labelled = (text, drawing, onclick) =>
      button(text, { look: "plain", icon: drawing, "aria-label": texts.common.actionOn(text, name), onclick });
    const edit = texts.common.actionOn(texts.common.edit, name);
    const switchOff = () => this.#do(() => put(workflow, false), words.saidAutoOff);
    const switchOn = () => this.#do(() => api.patch(`/system/workflows/${id}/autorun`), words.saidAutoOn(name));
    const copy = () => this.#do(() => this.#copy(workflow), words.saidCopied(name));
    return h(
      "div",
      { class: "actions" },
      h(
        "a",
        { class: "button plain", href: pageAddress("/workflows", { id }), "aria-label": edit },
        icon("edit"),
        h("span", {}, texts.common.edit),
      ),
      isAutoRun ? labelled(words.autoOff, "stop", switchOff) : labelled(words.autoOn, "play", switchOn),
      labelled(words.copy, "copy", copy),
      labelled(texts.common.delete, "delete", () => this.#delete(workflow)),
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
    const content = [h("p", {}, words.deleteHint), isAutoRun && h("p", {}, words.deleteAutoHint)];
    const title = words.deleteTitle(name);
    if (!(await confirm({ title, content, action: texts.common.delete, isDangerous: true }))) return;
    await this.#do(async () => {
      await api.delete(`/system/workflows/${id}`);
      this.#drafts.forget(id);
    }, words.saidDeleted(name));
  }
}

function chip(skill, isKnown) {
  return h(
    "li",
    { class: isKnown ? "chip" : "chip unknown" },
    !isKnown && icon("alert"),
    h("bdi", {}, typeof skill === "string" ? skill : words.broken),
    !isKnown && h("span", { class: "unseen" }, ` (${words.unknownBadge})`),
  );
}

function put({ id, name, description, graphJson }, isAutoRun) {
  return api.put(`/system/workflows/${id}`, { body: { name, description, graphJson, isAutoRun } });
}

function copyName(name, number) {
  const end = words.copyEnd(number);
  // Whole characters, not halves of them.
  return [...name].slice(0, NAME_CHARACTERS - end.length).join("") + end;
}

customElements.define("workflow-list", WorkflowList);
