/** What stands in place of content: that it is coming, that there is none, that something is wrong. */

import { texts } from "../texts.js";
import { h } from "./dom.js";
import { button, icon } from "./pieces.js";

/** That something is being loaded. */
export function loadingNote(text = texts.common.loading) {
  return h("div", { class: "note loading", role: "status" }, h("span", { class: "spinner" }), text);
}

/** That there is nothing, and what to do about it: `action` is a button or a link. */
export function emptyNote(drawing, title, text = "", action = null) {
  return h("div", { class: "note empty" }, icon(drawing), h("h2", {}, title), text && h("p", {}, text), action);
}

/** What went wrong, in the API's words, with the trace id to look for in logs. */
export function errorNote(error, retry = null) {
  return h(
    "div",
    { class: "note error", role: "alert" },
    icon("alert"),
    h("h2", {}, error.code === "offline" ? texts.errors.offlineTitle : texts.errors.title),
    h("p", {}, error.message),
    traceNote(error.traceId),
    retry && button(texts.common.retry, { icon: "retry", onclick: retry }),
  );
}

/** Something to read in place of a page. */
export function messageNote(title, text) {
  return h("div", { class: "note" }, h("h1", {}, title), h("p", {}, text));
}

/** The trace id of a failure; nothing without one. */
export function traceNote(traceId) {
  return traceId ? h("p", { class: "trace" }, `${texts.errors.trace} `, h("code", {}, traceId)) : null;
}
