import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { button } from "../core/pieces.js";
import { SelectionActions } from "../core/selection-actions.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";

const words = texts.assets;

/**
 * What can be done with the selected pictures of a grid, as far as the one who has signed in may.
 * `grid` and `live`, a Live of core/live.js, are set before it comes onto the page.
 */
class SelectionBar extends Component {
  grid = null;
  live = null;
  #actions = null;
  #count = h("p", { class: "count" });
  #all = button("", { look: "plain", "aria-keyshortcuts": "Control+A Meta+A", onclick: () => this.#selectAll() });

  start() {
    this.#actions = new SelectionActions(this.grid, this.live, this.signal);
    this.setAttribute("role", "group");
    this.setAttribute("aria-label", words.selection);
    const mayUpdate = session.can("assets.update");
    fill(
      this,
      button(words.clearSelection, {
        icon: "close",
        look: "icon",
        "aria-keyshortcuts": "Escape",
        onclick: () => this.grid.clearSelection(),
      }),
      this.#count,
      this.#all,
      h("span", { class: "space" }),
      mayUpdate && action(words.runSkill, "play", () => this.#actions.run()),
      mayUpdate && action(words.makePublic, "globe", () => this.#actions.publish(true)),
      mayUpdate && action(words.makePrivate, "lock", () => this.#actions.publish(false)),
      session.can("assets.delete") && action(texts.common.delete, "delete", () => this.delete(), "Delete"),
    );
    this.show();
  }

  #selectAll() {
    this.grid.select(this.grid.items.map((item) => item.id));
  }

  /** Deletes the selected ones, if that is meant. */
  delete() {
    return this.#actions.delete();
  }

  /** Shows how many are selected, of those that are loaded. */
  show() {
    const { selected, items, total, totalIsCapped } = this.grid;
    const count = selected.size;
    const loaded = items.length;
    this.inert = count === 0;
    this.#count.textContent = words.selected(count, total, totalIsCapped);
    this.#all.querySelector(".label").textContent = words.selectLoaded(loaded);
    this.#all.hidden = count >= loaded;
  }
}

function action(text, icon, onclick, keys = null) {
  return button(text, { icon, title: text, "aria-keyshortcuts": keys, onclick });
}

customElements.define("selection-bar", SelectionBar);
