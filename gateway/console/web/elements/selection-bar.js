import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { button } from "../core/pieces.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";

const words = texts.assets;

/**
 * What can be done with selected pictures, as far as the one who has signed in may. Told are
 * "selectall", "clearselection", "run", "publish" with whether public is meant, and "delete".
 */
class SelectionBar extends Component {
  #count = h("p", { class: "count", role: "status" });
  #all = button("", { look: "plain", "aria-keyshortcuts": "Control+A Meta+A", onclick: () => this.tell("selectall") });

  start() {
    this.setAttribute("role", "toolbar");
    this.setAttribute("aria-label", words.selection);
    const mayUpdate = session.can("assets.update");
    fill(
      this,
      button(words.clearSelection, {
        icon: "close",
        look: "icon",
        "aria-keyshortcuts": "Escape",
        onclick: () => this.tell("clearselection"),
      }),
      this.#count,
      this.#all,
      h("span", { class: "space" }),
      mayUpdate && this.#action(words.runSkill, "play", "run"),
      mayUpdate && this.#action(words.makePublic, "globe", "publish", true),
      mayUpdate && this.#action(words.makePrivate, "lock", "publish", false),
      session.can("assets.delete") && this.#action(texts.common.delete, "delete", "delete"),
    );
  }

  /** Shows how many are selected, of those that are loaded. */
  show(count, loaded) {
    this.#count.textContent = count ? words.selected(count) : "";
    this.#all.querySelector(".label").textContent = words.selectLoaded(loaded);
    this.#all.hidden = count >= loaded;
  }

  #action(text, icon, name, detail = null) {
    const keys = name === "delete" ? "Delete" : null;
    return button(text, {
      icon,
      look: "quiet",
      title: text,
      "aria-keyshortcuts": keys,
      onclick: () => this.tell(name, detail),
    });
  }
}

customElements.define("selection-bar", SelectionBar);
