/** What stands below a picture in the grid of all pictures. */

import { h } from "./dom.js";
import { badge, icon } from "./pieces.js";
import { texts } from "../texts.js";

const words = texts.assets;
const TONES = { queued: "", running: "busy", failed: "bad" };

/** The caption of a picture, or what it is at, its file's name and whether everybody may see it. */
export function assetCaption(item, state) {
  return h(
    "div",
    { class: "asset-caption" },
    h("p", { class: "said", dir: "auto", title: item.description ?? null }, said(item, state)),
    h(
      "p",
      { class: "file" },
      h("bdi", { class: "name", title: item.originalFileName }, item.originalFileName),
      item.description && state && badge(texts.steps[state.state], TONES[state.state]),
      visibility(item.isPublic),
    ),
  );
}

function said(item, state) {
  if (item.description) return item.description;
  if (state?.state === "failed") {
    const reason = words.runFailed(state.reason);
    return h("span", { class: "state bad", title: reason }, icon("alert"), h("span", {}, reason));
  }
  if (state) return h("span", { class: `state ${state.state}` }, words[state.state]);
  return h("span", { class: "state" }, words.noCaption);
}

function visibility(isPublic) {
  const text = isPublic ? words.public : words.private;
  return h("span", { class: "visibility", title: text }, icon(isPublic ? "globe" : "lock"), h("span", { class: "unseen" }, text));
}
