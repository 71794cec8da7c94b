import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { draggable } from "../core/dragging.js";
import { texts } from "../texts.js";
import "./skill-row.js";

const words = texts.workflows;

/**
 * The skills of a workflow in their order, which can be changed by dragging, by buttons and with
 * Alt and the arrows. Set `nodes`, which it changes, `skills` by name, and `isFixed` for who may only
 * look. It tells "changed".
 */
class SkillSequence extends Component {
  nodes = [];
  skills = new Map();
  isFixed = false;
  #list = h("ol", { class: "skills" });
  #mark = h("div", { class: "mark", hidden: true });
  #said = h("p", { class: "unseen", role: "status" });
  #none = h("p", { class: "none" }, words.noSkills);

  start() {
    fill(this, this.#none, this.#list, this.#mark, this.#said);
    fill(this.#list, this.nodes.map((node) => this.#item(node)));
    const { signal } = this;
    this.addEventListener("move", (event) => this.#moved(event.target, event.detail), { signal });
    this.addEventListener("remove", (event) => this.#remove(event.target), { signal });
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    if (!this.isFixed) draggable(this.#list, this.#mark, (from, to) => this.#dropped(from, to), signal);
    this.#placed();
  }

  /** Puts a node at the end. */
  add(node) {
    this.nodes.push(node);
    this.#list.append(this.#item(node));
    this.#changed(this.#rows.at(-1), words.saidAdded);
  }

  /** Whether all parameters are right; what is wrong is shown. */
  check() {
    return this.#rows.every((row) => row.check());
  }

  /** Shows what is wrong with one that `isIt` finds; false if it finds none. */
  complain(isIt, text) {
    const row = this.#rows.find(({ node }) => isIt(node));
    row?.complain(text);
    return row !== undefined;
  }

  /** Takes back what was said to be wrong. */
  calm() {
    for (const row of this.#rows) row.complain("");
  }

  get #rows() {
    return [...this.#list.children].map((item) => item.firstChild);
  }

  #item(node) {
    const skill = typeof node.skill === "string" ? this.skills.get(node.skill) : undefined;
    return h("li", {}, h("skill-row", { ".node": node, ".skill": skill, ".isFixed": this.isFixed }));
  }

  #pressed(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const row = event.target.closest("skill-row");
    if (!by || !event.altKey || !row || this.isFixed || event.target.matches("input, select, textarea")) return;
    event.preventDefault();
    this.#moved(row, by);
  }

  #moved(row, by) {
    const from = this.#rows.indexOf(row);
    const to = from + by;
    if (to < 0 || to >= this.nodes.length) return;
    const item = row.parentElement;
    // The other one is moved, so that who is at this one stays there.
    if (by < 0) item.after(item.previousElementSibling);
    else item.before(item.nextElementSibling);
    this.#reorder(from, to);
  }

  #dropped(from, to) {
    const item = this.#list.children[from];
    const others = [...this.#list.children].filter((each) => each !== item);
    this.#list.insertBefore(item, others[to] ?? null);
    this.#reorder(from, to);
  }

  #reorder(from, to) {
    this.nodes.splice(to, 0, ...this.nodes.splice(from, 1));
    this.#changed(this.#rows[to], words.saidPlace);
  }

  #remove(row) {
    const at = this.#rows.indexOf(row);
    this.nodes.splice(at, 1);
    row.parentElement.remove();
    this.#changed(row, (name) => words.saidRemoved(name));
    const next = this.#rows[at] ?? this.#rows.at(-1);
    if (next) next.focus();
    else this.tell("emptied");
  }

  /** What was done to a row is said, and told. */
  #changed(row, said) {
    this.#placed();
    this.#said.textContent = said(row.name, this.nodes.indexOf(row.node) + 1, this.nodes.length);
    this.tell("changed");
  }

  #placed() {
    this.#none.hidden = this.nodes.length > 0;
    this.#list.hidden = this.nodes.length === 0;
    this.#rows.forEach((row, at) => row.place(at + 1, this.nodes.length));
  }
}

customElements.define("skill-sequence", SkillSequence);
