import { api } from "../core/api.js";
import { pageAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { confirm } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { Drafts } from "../core/drafts.js";
import { moment } from "../core/format.js";
import { Graph, Node } from "../core/graph.js";
import { button, complain, field, icon, tick } from "../core/pieces.js";
import { session } from "../core/session.js";
import { failed, toast } from "../core/toast.js";
import { texts } from "../texts.js";
import "./run-preview.js";
import "./skill-sequence.js";

const words = texts.workflows;
const EMPTY = { id: null, name: "", description: null, isAutoRun: false, graphJson: "", updatedAtUtc: null };
const FIELDS = {
  workflow_profile_name_required: "name",
  workflow_profile_name_too_long: "name",
  workflow_profile_name_conflict: "name",
  workflow_profile_description_too_long: "description",
};

/**
 * A workflow to be changed, or a new one. Set `workflow`, null for a new one, and `skills`, as the API
 * tells them. What is not saved is kept as a draft. It tells "saved" with the workflow, and "discarded".
 */
class WorkflowEditor extends Component {
  workflow = null;
  skills = [];
  #saved = EMPTY;
  #graph = new Graph();
  #drafts = new Drafts("workflow");
  #isFixed = !session.can("settings.update");
  #name = h("input", { type: "text", autocomplete: "off", required: true, dir: "auto", readonly: this.#isFixed });
  #description = h("textarea", { rows: 2, dir: "auto", readonly: this.#isFixed });
  #autoRun = h("input", { type: "checkbox", disabled: this.#isFixed });
  #sequence = h("skill-sequence");
  #preview = h("run-preview");
  #notice = h("div", { class: "notices" });
  #problem = h("p", { class: "problem", role: "alert" });
  #state = h("p", { class: "state" });
  #save = button(texts.common.save, { look: "main", type: "submit" });
  #discard = button(words.discard, { onclick: () => this.#discarded() });

  start() {
    this.#saved = this.workflow ?? EMPTY;
    const draft = this.#isFixed ? null : this.#drafts.get(this.#draftId);
    this.#take(draft ?? this.#saved);
    fill(
      this,
      draft && this.#draftNote(draft),
      h(
        "form",
        { novalidate: true, onsubmit: (event) => this.#submitted(event) },
        h("div", { class: "columns" }, h("div", { class: "main" }, this.#facts(), this.#steps()), this.#preview),
        this.#problem,
        !this.#isFixed && h("div", { class: "bar" }, this.#save, this.#discard, this.#state),
      ),
    );
    const changed = () => this.#changed();
    this.addEventListener("input", changed, { signal: this.signal });
    this.addEventListener("changed", changed, { signal: this.signal });
    this.addEventListener("emptied", () => this.querySelector(".palette button")?.focus(), { signal: this.signal });
    this.#drawn();
    if (!this.workflow) this.#name.focus();
  }

  get #draftId() {
    return this.#saved.id ?? "new";
  }

  /** What was saved, as `#content` would give it. */
  get #before() {
    const { name, description, isAutoRun, graphJson } = this.#saved;
    return { name, description: description ?? "", isAutoRun, graphJson: String(new Graph(graphJson)) };
  }

  get #content() {
    return {
      name: this.#name.value,
      description: this.#description.value,
      isAutoRun: this.#autoRun.checked,
      graphJson: String(this.#graph),
    };
  }

  get #isChanged() {
    return JSON.stringify(this.#content) !== JSON.stringify(this.#before);
  }

  #take({ name, description, isAutoRun, graphJson }) {
    this.#name.value = name;
    this.#description.value = description ?? "";
    this.#autoRun.checked = isAutoRun;
    this.#graph = new Graph(graphJson);
    this.#sequence.nodes = this.#graph.nodes;
    this.#sequence.skills = new Map(this.skills.map((each) => [each.skillName, each]));
    this.#sequence.isFixed = this.#isFixed;
  }

  #facts() {
    return h(
      "section",
      { class: "card" },
      field(words.name, this.#name),
      field(words.description, this.#description),
      tick(words.autoRunTick, this.#autoRun, words.autoRunHint),
    );
  }

  #steps() {
    const choices = this.skills.map((skill) =>
      h(
        "button",
        { type: "button", onclick: () => this.#sequence.add(Node.of(skill.skillName)) },
        icon("plus"),
        h("span", {}, h("b", {}, skill.skillName), h("span", { class: "hint" }, skill.description)),
      ),
    );
    return h(
      "section",
      { class: "card" },
      h("h2", {}, words.skillsTitle),
      !this.#isFixed && h("p", { class: "hint" }, words.skillsHint),
      this.#notice,
      this.#sequence,
      !this.#isFixed && choices.length > 0 && [h("h3", {}, words.addTitle), h("div", { class: "palette" }, choices)],
    );
  }

  #draftNote({ base }) {
    const isOlder = base !== this.#saved.updatedAtUtc;
    return h(
      "div",
      { class: "banner", role: "status" },
      h("p", {}, isOlder ? words.draftOlder(moment(this.#saved.updatedAtUtc)) : words.draftBack),
      button(words.discard, { onclick: () => this.#discarded() }),
    );
  }

  #changed() {
    if (this.#isChanged) this.#drafts.keep(this.#draftId, { ...this.#content, base: this.#saved.updatedAtUtc });
    else this.#drafts.forget(this.#draftId);
    this.#drawn();
  }

  #drawn() {
    const isChanged = this.#isChanged;
    this.#preview.show(this.#graph.nodes, this.#sequence.skills);
    this.#discard.hidden = !isChanged;
    this.#state.textContent = isChanged ? words.kept : "";
    const saved = new Graph(this.#saved.graphJson);
    const sent = new Graph(String(this.#graph));
    const hasOtherEdges = JSON.stringify(saved.rest.edges) !== JSON.stringify(sent.rest.edges);
    const { notes } = this.#graph;
    const captions = notes.map((each) => each.caption).filter(Boolean);
    const told = [
      notes.length > 0 && words.notesKept(notes.length, captions.map((each) => `“${each}”`).join(", ")),
      saved.drawn.length > 0 && hasOtherEdges && words.edgesReplaced(saved.drawn.length),
    ];
    fill(this.#notice, told.filter(Boolean).map((text) => h("p", { class: "hint", dir: "auto" }, text)));
  }

  async #submitted(event) {
    event.preventDefault();
    if (this.#save.disabled) return;
    this.#calm();
    if (!this.#sequence.check()) return;
    this.#save.disabled = true;
    try {
      const saved = await this.#sent();
      if (saved === null) return;
      this.#drafts.forget(this.#draftId);
      toast(words.saidSaved(saved.name));
      this.tell("saved", saved);
    } catch (error) {
      this.#refused(error);
    } finally {
      this.#save.disabled = false;
    }
  }

  /** The saved workflow; null if somebody thought better of it. */
  async #sent() {
    const body = this.#content;
    const { id, updatedAtUtc } = this.#saved;
    if (id === null) return api.post("/system/workflows", { body });
    const now = await api.get(`/system/workflows/${id}`);
    if (now.updatedAtUtc !== updatedAtUtc && !(await this.#mayReplace(now))) return null;
    return api.put(`/system/workflows/${id}`, { body });
  }

  #mayReplace({ updatedAtUtc }) {
    const content = h("p", {}, words.replaceHint(moment(updatedAtUtc)));
    return confirm({ title: words.replaceTitle, content, action: words.replace, isDangerous: true });
  }

  /** Shows what the hub has against it where it is. */
  #refused(error) {
    const { code, message } = error;
    const control = { name: this.#name, description: this.#description }[FIELDS[code]];
    if (control) {
      complain(control, message);
      control.focus();
      return;
    }
    const named = this.#named(message);
    if (named && this.#sequence.complain((node) => node === named, message)) return;
    if (code?.startsWith("workflow_profile_")) this.#problem.textContent = message;
    else failed(error);
  }

  /** The node that a message names; the longest name counts, as "node 1" is in "node 12". */
  #named(message) {
    const sent = new Graph(String(this.#graph));
    const at = sent.nodes
      .map(({ label }, index) => ({ label, index }))
      .filter(({ label }) => message.includes(label))
      .sort((one, other) => other.label.length - one.label.length)[0]?.index;
    return this.#graph.nodes[at];
  }

  #calm() {
    complain(this.#name, "");
    complain(this.#description, "");
    this.#problem.textContent = "";
    this.#sequence.calm();
  }

  async #discarded() {
    const content = h("p", {}, words.discardHint);
    if (!(await confirm({ title: words.discardTitle, content, action: words.discard, isDangerous: true }))) return;
    this.#drafts.forget(this.#draftId);
    this.tell("discarded");
  }
}

customElements.define("workflow-editor", WorkflowEditor);
