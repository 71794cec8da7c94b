import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";
import "../elements/ai-usage.js";
import "../elements/hub-health.js";
import "../elements/hub-setup.js";
import "../elements/my-account.js";
import "../elements/skill-catalog.js";
import "../elements/storage-stats.js";

/** The parts of the page: where links lead, the element that shows it, and who may see it. */
const PARTS = [
  { id: "health", element: "hub-health", permission: null },
  { id: "storage", element: "storage-stats", permission: "assets.read" },
  { id: "usage", element: "ai-usage", permission: "aiProviders.read" },
  { id: "setup", element: "hub-setup", permission: null },
  { id: "account", element: "my-account", permission: null },
  { id: "skills", element: "skill-catalog", permission: "assets.read" },
];

const GROWING_MS = 1_500;

/** How the hub is, what it uses, how it is set up, and what is one's own. */
class SettingsPage extends Component {
  start() {
    const parts = PARTS.filter(({ permission }) => permission === null || session.can(permission));
    fill(this, pageHead(texts.places.settings), h("div", { class: "parts" }, parts.map(part)));
    this.#toPart();
  }

  /** The period or the part that the address names is another. */
  addressChanged() {
    this.querySelector("ai-usage")?.refresh();
    this.#toPart();
  }

  #toPart() {
    const found = [...this.querySelectorAll("section")].find(({ id }) => `#${id}` === location.hash);
    if (!found) return;
    found.focus({ preventScroll: true });
    // What stands before it grows as it is loaded.
    const grown = new ResizeObserver(() => found.scrollIntoView());
    grown.observe(found.parentElement);
    setTimeout(() => grown.disconnect(), GROWING_MS);
  }
}

function part({ id, element }) {
  return h(
    "section",
    { id, class: "card", tabindex: "-1", "aria-labelledby": `${id}-title` },
    h("h2", { id: `${id}-title` }, texts.settings.titles[id]),
    document.createElement(element),
  );
}

customElements.define("settings-page", SettingsPage);
