/** Any JSON value as nodes that a person reads. It is the text of strangers: of any shape, size and depth. */

import { texts } from "../texts.js";
import { h } from "./dom.js";

const DEEPEST = 4;
const MOST = 50;
const CHIP_CHARACTERS = 48;
const LONG_CHARACTERS = 1_200;
const LONG_LINES = 30;

/** Lists as lists, objects as definition lists, texts with their line breaks. */
export function valueNode(value, depth = 0) {
  if (value === null || value === "") return h("span", { class: "nothing" }, texts.results.nothing);
  if (typeof value === "boolean") return h("span", {}, value ? texts.common.yes : texts.common.no);
  if (typeof value !== "object") return textNode(value);
  if (Object.keys(value).length === 0) return h("span", { class: "nothing" }, texts.results.nothing);
  if (depth === DEEPEST) return h("span", { class: "nothing" }, texts.results.deeper);
  return Array.isArray(value) ? listNode(value, depth) : fieldsNode(Object.entries(value), depth);
}

/** Names with their values. */
export function fieldsNode(entries, depth = 0) {
  const rows = entries.slice(0, MOST).map(([name, value]) =>
    h("div", {}, h("dt", { dir: "auto" }, name || texts.results.nothing), h("dd", {}, valueNode(value, depth + 1))),
  );
  return [h("dl", { class: "fields" }, rows), rest(entries.length)];
}

/** Short texts beside each other; `made` makes the node of one. */
export function chips(items, made = (text) => h("span", { class: "chip", dir: "auto" }, text)) {
  return [h("ul", { class: "chips" }, items.slice(0, MOST).map((each) => h("li", {}, made(each)))), rest(items.length)];
}

/** Whether a value is a list of texts with something in each. */
export function isTexts(value) {
  return Array.isArray(value) && value.length > 0 && value.every((each) => typeof each === "string" && each.trim());
}

/** A text as it was written, line breaks and all; a long one is scrolled, also by keyboard. */
export function textNode(text, name = "p") {
  const words = String(text);
  const isLong = words.length > LONG_CHARACTERS || words.split("\n", LONG_LINES).length === LONG_LINES;
  return h(name, { class: isLong ? "prose long" : "prose", dir: "auto", tabindex: isLong ? "0" : null }, words);
}

function listNode(items, depth) {
  if (items.every(isShort)) return chips(items.map(String));
  const rows = items.slice(0, MOST).map((each) => h("li", {}, valueNode(each, depth + 1)));
  return [h("ul", { class: "values" }, rows), rest(items.length)];
}

function isShort(value) {
  return typeof value === "number" || (typeof value === "string" && value.trim() && value.length <= CHIP_CHARACTERS);
}

function rest(count) {
  return count > MOST && h("p", { class: "hint" }, texts.results.rest(count - MOST));
}
