/** The pages that the side of the console leads to, or the bar at the bottom of a phone. */

import { texts } from "../texts.js";
import { pageAddress } from "./address.js";
import { h } from "./dom.js";
import { icon } from "./pieces.js";
import { found, maySee } from "./router.js";

/** Those that the way leads to, each with its drawing; the path of one is its name. */
const PLACES = Object.entries({
  assets: "pictures",
  executions: "runs",
  workflows: "workflow",
  "ai-providers": "spark",
  users: "people",
  settings: "settings",
  gallery: "globe",
}).map(([name, drawing]) => ({ path: `/${name}`, name, drawing }));

/** How many a phone has room for, and which come first. */
const IN_BAR = 4;
const FIRST = ["assets", "executions", "ai-providers", "gallery"];

/** All that the one who has signed in may see; those that a phone has no room for are marked. */
export function places(current) {
  const items = allowed().map((place) => h("li", { class: isInBar(place) ? null : "other" }, link(place, current)));
  return h("nav", { "aria-label": texts.shell.places }, h("ul", {}, items));
}

/** Those that a phone has no room for, null if there are none. */
export function otherPlaces(current) {
  const items = allowed().filter((place) => !isInBar(place)).map((place) => h("li", {}, link(place, current)));
  return items.length ? h("ul", {}, items) : null;
}

function allowed() {
  return PLACES.filter((place) => maySee(found(place.path)));
}

function isInBar(place) {
  const shown = allowed();
  const first = shown.filter(({ name }) => FIRST.includes(name));
  const rest = shown.filter(({ name }) => !FIRST.includes(name));
  return [...first, ...rest].slice(0, IN_BAR).includes(place);
}

function link({ path, name, drawing }, current) {
  const isHere = current === path || current.startsWith(`${path}/`);
  const text = texts.places[name];
  const short = texts.shortPlaces[name] ?? null;
  return h(
    "a",
    { href: pageAddress(path), title: text, "aria-label": short && text, "aria-current": isHere ? "page" : null },
    icon(drawing),
    h("span", { "data-short": short }, text),
  );
}
