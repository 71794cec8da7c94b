/** Small pieces of pages that have no state. */

import { h } from "./dom.js";
import { drawing } from "./drawings.js";

let fields = 0;

/** A drawing, which says nothing to who does not see it. */
export function icon(name) {
  return drawing(name);
}

/**
 * A button. `look` is "main", "quiet", "danger", "plain" or "icon"; that of an icon alone has its
 * text for who does not see it.
 */
export function button(text, { look = "quiet", icon: name = null, type = "button", ...attributes } = {}) {
  const isIcon = look === "icon";
  return h(
    "button",
    { type, class: `button ${look}`, title: isIcon ? text : null, "aria-label": isIcon ? text : null, ...attributes },
    name && icon(name),
    !isIcon && h("span", { class: "label" }, text),
  );
}

/** A label with its control, a hint below, and room for what is wrong with it: see `complain`. */
export function field(text, control, hint = "") {
  const id = `field-${++fields}`;
  control.id ||= id;
  const described = [hint && `${control.id}-hint`, `${control.id}-error`].filter(Boolean).join(" ");
  control.setAttribute("aria-describedby", described);
  return h(
    "div",
    { class: "field" },
    h("label", { for: control.id }, text),
    control,
    hint && h("p", { class: "hint", id: `${control.id}-hint` }, hint),
    h("p", { class: "complaint", id: `${control.id}-error`, role: "alert" }),
  );
}

/** Says at a control made by `field` what is wrong with it; "" takes that back. */
export function complain(control, text) {
  document.getElementById(`${control.id}-error`).textContent = text;
  if (text) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
}

/** A checkbox with its label, and a hint below. */
export function tick(text, box, hint = "") {
  box.type = "checkbox";
  box.id ||= `field-${++fields}`;
  if (hint) box.setAttribute("aria-describedby", `${box.id}-hint`);
  return h(
    "div",
    { class: "tick" },
    box,
    h("label", { for: box.id }, text),
    hint && h("p", { class: "hint", id: `${box.id}-hint` }, hint),
  );
}

/** A choice among `[value, text]` pairs. */
export function choice(pairs, chosen, attributes = {}) {
  const options = pairs.map(([value, text]) => h("option", { value, selected: value === chosen }, text));
  return h("select", attributes, options);
}

/** A word about a state; `tone` is "good", "bad", "busy", "warn" or "". */
export function badge(text, tone = "") {
  return h("span", { class: `badge ${tone}` }, text);
}

/** The head of a page: its name, and what can be done there. */
export function pageHead(title, ...actions) {
  return h("div", { class: "page-head" }, h("h1", {}, title), h("div", { class: "actions" }, actions));
}
