import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { choice, complain, field, tick } from "../core/pieces.js";
import { texts } from "../texts.js";

/**
 * A form made of the parameters of a skill, as `GET /assets/skills` tells them. `parameters` are set
 * before it comes onto the page, and `given`, an object of values to begin with. `read` gives what
 * differs from the defaults, or null after it has said at a field what is wrong; `peek` says nothing.
 */
class ParameterForm extends Component {
  parameters = [];
  given = {};
  #controls = new Map();

  start() {
    this.#controls.clear();
    const rows = this.parameters.map((each) => {
      const made = control(each, this.#value(each));
      this.#controls.set(each, made);
      return each.type === "boolean" ? tick(each.name, made, each.description) : labelled(each, made);
    });
    fill(this, rows.length ? rows : h("p", { class: "hint" }, texts.parameters.none));
  }

  /** The parameters that are not as by default. */
  read() {
    return this.#read(true);
  }

  /** As `read`, but says nothing about what is wrong. */
  peek() {
    return this.#read(false);
  }

  #read(isSaid) {
    const values = {};
    let isRight = true;
    for (const [parameter, made] of this.#controls) {
      const value = valueOf(parameter, made);
      const isValid = value !== null && fits(parameter, value);
      if (isSaid) say(parameter, made, isValid);
      if (isSaid && !isValid && isRight) made.focus();
      isRight &&= isValid;
      if (isValid && value !== parameter.default) values[parameter.name] = value;
    }
    return isRight ? values : null;
  }

  #value(parameter) {
    const name = parameter.name.toLowerCase();
    const found = Object.entries(this.given).find(([key]) => key.toLowerCase() === name);
    return found ? found[1] : parameter.default;
  }
}

function control(parameter, value) {
  const { type, choices, minimum, maximum, maxLength } = parameter;
  if (type === "boolean") return h("input", { type: "checkbox", ".checked": Boolean(value) });
  if (choices) return chosenFrom(choices, String(value));
  if (type === "string") return h("input", { type: "text", maxlength: maxLength, ".value": String(value ?? "") });
  const step = type === "integer" ? "1" : "any";
  return h("input", { type: "number", step, min: minimum, max: maximum, ".value": String(value ?? "") });
}

function labelled(parameter, made) {
  return field(parameter.name, made, [parameter.description, limits(parameter)].filter(Boolean).join(" "));
}

function valueOf(parameter, made) {
  if (parameter.type === "boolean") return made.checked;
  if (parameter.type === "string") return made.value;
  const value = made.valueAsNumber;
  return Number.isNaN(value) || (parameter.type === "integer" && !Number.isInteger(value)) ? null : value;
}

function fits(parameter, value) {
  if (typeof value !== "number") return true;
  return value >= (parameter.minimum ?? -Infinity) && value <= (parameter.maximum ?? Infinity);
}

function say(parameter, made, isValid) {
  if (parameter.type !== "boolean") complain(made, isValid ? "" : limits(parameter) || texts.parameters.invalid);
}

function limits({ minimum, maximum }) {
  if (minimum === null || minimum === undefined) return "";
  return maximum === null ? texts.parameters.least(minimum) : texts.parameters.range(minimum, maximum);
}

/** A choice, also of what is none of the choices: another name of one, or a mistake that shall be seen. */
function chosenFrom(choices, value) {
  const chosen = choices.find((each) => each.toLowerCase() === value.toLowerCase()) ?? value;
  return choice([...new Set([...choices, chosen])].map((each) => [each, each]), chosen);
}

customElements.define("parameter-form", ParameterForm);
