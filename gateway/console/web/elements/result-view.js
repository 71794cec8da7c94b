import { pageAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { copyButton } from "../core/copying.js";
import { fill, h } from "../core/dom.js";
import { ago, moment } from "../core/format.js";
import { chips, fieldsNode, isTexts, textNode, valueNode } from "../core/values.js";
import { texts } from "../texts.js";

const KINDS = texts.results.kinds;
const FIELDS = texts.results.fields;
const SEARCH_CHARACTERS = 100;
/** CSS takes whatever has a `var()` in it for a colour. */
const COLOUR = /^[\w #%(),./]+$/;

/**
 * One structured result as a person reads it, with its JSON a click away. `result` is that of the
 * API, set before it comes onto the page; what is in it is hostile text of any shape.
 */
class ResultView extends Component {
  result = null;

  start() {
    const { kind, payloadJson, createdAtUtc } = this.result;
    const { payload, isJson } = parsed(payloadJson);
    fill(
      this,
      h(
        "div",
        { class: "line" },
        h("h3", {}, kindName(kind)),
        h("time", { class: "hint", datetime: createdAtUtc, title: moment(createdAtUtc) }, ago(createdAtUtc)),
      ),
      h("div", { class: "body" }, isJson ? body(kind, payload) : h("p", { class: "hint" }, texts.results.broken)),
      this.#json(payload, isJson),
    );
  }

  #json(payload, isJson) {
    const details = h("details", { open: !isJson }, h("summary", {}, texts.results.json));
    const show = () => {
      const text = isJson ? JSON.stringify(payload, null, 2) : this.result.payloadJson;
      fill(
        details,
        details.firstElementChild,
        h("pre", { tabindex: "0", role: "region", "aria-label": texts.results.jsonOf(kindName(this.result.kind)) }, text),
        copyButton(texts.asset.copy, () => text, { look: "plain" }),
      );
    };
    // Only who asks for it pays for it.
    if (isJson) details.addEventListener("toggle", show, { once: true });
    else show();
    return details;
  }
}

/** A name that strangers chose may be one that every object has. */
function kindName(kind) {
  return Object.hasOwn(KINDS, kind) ? KINDS[kind] : kind;
}

function fieldName(name) {
  return Object.hasOwn(FIELDS, name) ? FIELDS[name] : name;
}

function parsed(text) {
  try {
    return { payload: JSON.parse(text), isJson: true };
  } catch {
    return { payload: null, isJson: false };
  }
}

function body(kind, payload) {
  const isObject = typeof payload === "object" && payload !== null && !Array.isArray(payload);
  if (!isObject) return valueNode(payload);
  const left = new Map(Object.entries(payload));
  const shown = [];
  for (const [name, takes, made] of Object.hasOwn(KNOWN, kind) ? KNOWN[kind] : []) {
    const value = left.get(name);
    // What is not as it should be is shown as anything else.
    if (takes(value)) shown.push(made(value, name));
    if (takes(value) || isNothing(value)) left.delete(name);
  }
  if (left.size > 0) {
    shown.push(fieldsNode([...left].map(([name, value]) => [fieldName(name), value])));
  }
  return shown.length > 0 ? shown : valueNode(null);
}

const isNothing = (value) => value === undefined || value === null || value.length === 0;
const isText = (value) => typeof value === "string" && value !== "";
const paragraph = (value) => textNode(value);

/** Of the kinds that the hub's own skills leave: what is in them, whether it is as expected, and how it looks. */
const KNOWN = {
  caption: [["caption", isText, paragraph]],
  "alt-text": [["altText", isText, paragraph]],
  "structured-metadata": [
    ["title", isText, (value) => h("p", { class: "title", dir: "auto" }, value)],
    ["scene", isText, labelled((value) => textNode(value))],
    ["tags", isTexts, labelled((value) => chips(value, tag))],
    ["objects", isTexts, labelled((value) => chips(value))],
    ["colors", isTexts, labelled((value) => chips(value, colour))],
    ["text", isText, labelled((value) => textNode(value, "blockquote"))],
  ],
};

function labelled(made) {
  return (value, name) => h("div", { class: "labelled" }, h("h4", {}, FIELDS[name]), made(value));
}

function tag(text) {
  const wanted = text.trim().slice(0, SEARCH_CHARACTERS);
  return h("a", { class: "chip", dir: "auto", href: pageAddress("/assets", { query: wanted }) }, text);
}

/** A colour, with a look at it if a browser knows its name: "light grey" is "lightgrey" there. */
function colour(text) {
  const value = [text, text.replaceAll(" ", "")].find((each) => COLOUR.test(each) && CSS.supports("color", each));
  const swatch = value && h("span", { class: "swatch", "aria-hidden": "true" });
  if (swatch) swatch.style.setProperty("background-color", value);
  return h("span", { class: "chip", dir: "auto" }, swatch, text);
}

customElements.define("result-view", ResultView);
