import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { differing, misfits, parameterOf } from "../core/fitting.js";
import { badge, button, icon } from "../core/pieces.js";
import { texts } from "../texts.js";
import "./parameter-form.js";

const words = texts.workflows;

let rows = 0;

/**
 * A skill in a workflow. Set `node`, and `skill` as the hub tells it, undefined if it has none of that
 * name; `isFixed` shows it without any way to change it. It tells "move" with -1 or 1, "remove", and
 * "changed" when its parameters are others.
 */
class SkillRow extends Component {
  node = null;
  skill = undefined;
  isFixed = false;
  #isOpen = false;
  #id = `skill-row-${++rows}`;
  #toggle = h("button", { type: "button", class: "toggle", onclick: () => this.#pressed() });
  #summary = h("p", { class: "summary" });
  #complaint = h("p", { class: "complaint", role: "alert" });
  #details = h("div", { class: "details", id: this.#id });
  #up = button(words.up, { icon: "up", look: "icon", onclick: () => this.#move(-1) });
  #down = button(words.down, { icon: "down", look: "icon", onclick: () => this.#move(1) });
  #remove = button(words.remove, { icon: "delete", look: "icon", onclick: () => this.tell("remove") });

  start() {
    const { isFixed } = this;
    for (const made of [this.#up, this.#down, this.#remove]) {
      made.setAttribute("aria-label", texts.common.actionOn(made.title, this.name));
    }
    fill(
      this,
      !isFixed && h("span", { class: "grip", title: words.drag, "aria-hidden": "true" }, icon("grip")),
      h(
        "div",
        { class: "about" },
        h("div", { class: "line" }, this.#toggle, this.#badge()),
        this.#summary,
        this.#complaint,
      ),
      !isFixed && h("div", { class: "actions" }, this.#up, this.#down, this.#remove),
      this.#details,
    );
    this.#draw();
  }

  /** What it is called in sentences. */
  get name() {
    const { skill } = this.node;
    if (this.node.isBroken || skill === null) return this.node.caption || words.broken;
    return typeof skill === "string" ? skill : JSON.stringify(skill);
  }

  /** Says where it is. */
  place(number, count) {
    const may = (made, isPossible) => made.setAttribute("aria-disabled", String(!isPossible));
    may(this.#up, number > 1);
    may(this.#down, number < count);
    this.#toggle.setAttribute("aria-label", words.rowLabel(this.name, number, count));
  }

  /** Shows what is wrong with it; "" takes that back. */
  complain(text) {
    this.#complaint.textContent = text;
    if (text) this.#toggle.focus();
  }

  /** Whether its parameters are right; what is wrong is shown. */
  check() {
    return this.#form === null || this.#form.read() !== null;
  }

  focus() {
    this.#toggle.focus();
  }

  get #form() {
    return this.#details.querySelector("parameter-form");
  }

  /** What was given that does not fit; all of it if it is no object. */
  get #wrong() {
    const { parameters } = this.node;
    if (!this.skill) return [];
    if (Array.isArray(parameters) || typeof parameters !== "object") return [JSON.stringify(parameters)];
    return misfits(this.skill.parameters, parameters);
  }

  #badge() {
    if (this.node.isBroken) return badge(words.brokenBadge, "bad");
    return this.skill ? null : badge(words.unknownBadge, "warn");
  }

  #pressed() {
    if (this.#isOpen && !this.check()) return;
    this.#isOpen = !this.#isOpen;
    this.#draw();
  }

  #move(by) {
    const made = by < 0 ? this.#up : this.#down;
    if (made.getAttribute("aria-disabled") !== "true") this.tell("move", by);
  }

  #draw() {
    const caption = this.node.caption;
    fill(this.#toggle, icon("chevron"), h("span", { class: "name", dir: "auto" }, this.name));
    this.#toggle.setAttribute("aria-expanded", String(this.#isOpen));
    this.#toggle.setAttribute("aria-controls", this.#id);
    this.#toggle.title = caption && caption !== this.name ? caption : "";
    this.#details.hidden = !this.#isOpen;
    fill(this.#details, this.#isOpen && this.#content());
    this.#summarise();
  }

  #content() {
    const { skill, node } = this;
    if (node.isBroken) return h("p", {}, words.brokenHint);
    const raw = h("pre", { tabindex: "0", "aria-label": words.parameters }, JSON.stringify(node.parameters, null, 2));
    if (!skill) return [h("p", {}, words.unknownHint), raw];
    if (this.isFixed) return raw;
    const form = h("parameter-form", { ".parameters": skill.parameters, ".given": this.#given() });
    form.addEventListener("input", () => this.#take(form.peek()));
    return [h("p", { class: "hint" }, skill.description), this.#warning(), form];
  }

  #warning() {
    const wrong = this.#wrong;
    if (wrong.length === 0) return null;
    const leave = button(words.leaveOut, { onclick: () => this.#leaveOut(wrong) });
    return h("div", { class: "banner" }, h("p", { dir: "auto" }, words.misfits(wrong.join(", "))), leave);
  }

  #given() {
    const { parameters } = this.node;
    return Array.isArray(parameters) || typeof parameters !== "object" ? {} : parameters;
  }

  /** Takes what the form says; what it does not know stays until it is left out. */
  #take(values) {
    if (values === null) return;
    const isUnknown = ([name]) => parameterOf(this.skill.parameters, name) === undefined;
    this.#set({ ...Object.fromEntries(Object.entries(this.#given()).filter(isUnknown)), ...values });
    this.#summarise();
  }

  #leaveOut(names) {
    const fitting = Object.entries(this.#given()).filter(([name]) => !names.includes(name));
    this.#set(Object.fromEntries(fitting));
    this.#draw();
    this.#toggle.focus();
  }

  #set(parameters) {
    this.node.set(parameters, this.skill.parameters.map((each) => each.name));
    this.complain("");
    this.tell("changed");
  }

  #summarise() {
    const wrong = this.#wrong;
    const declared = this.skill?.parameters ?? [];
    const told = differing(declared, this.#given()).map(([name, value]) => {
      const isWrong = wrong.includes(name);
      const text = h("bdi", {}, `${name}: ${shown(value)}`);
      return h("span", { class: isWrong ? "wrong" : null }, isWrong && icon("alert"), text);
    });
    const byDefault = declared.length > 0 && h("span", {}, words.byDefault);
    // What is no object has nothing that could be told one by one.
    const otherwise = wrong.length > 0 ? h("span", { class: "wrong" }, wrong) : byDefault;
    fill(this.#summary, told.length > 0 ? told : otherwise);
  }
}

function shown(value) {
  return typeof value === "string" ? `“${value}”` : JSON.stringify(value);
}

customElements.define("skill-row", SkillRow);
