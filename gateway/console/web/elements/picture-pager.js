import { pageAddress } from "../core/address.js";
import { Component, unlessAborted } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { neighbours } from "../core/neighbours.js";
import { icon } from "../core/pieces.js";
import { go, isPlain } from "../core/router.js";
import { texts } from "../texts.js";

/** Where arrow keys mean something already, or somebody is writing. */
const TAKEN = "input, textarea, select, form, dialog, pre, [role=region], [popover]";

/** The way to the pictures before and after one, also by arrow keys. The picture is `asset-id`. */
class PicturePager extends Component {
  #ids = { previous: null, next: null };

  async start() {
    const { signal } = this;
    // A list that cannot be read on leads nowhere; the page is as good without.
    const found = await unlessAborted(() => neighbours(this.getAttribute("asset-id"), signal)).catch(() => null);
    if (!found || signal.aborted) return;
    this.#ids = found;
    fill(this, this.#link("previous", texts.asset.previous), this.#link("next", texts.asset.next));
    window.addEventListener("keydown", (event) => this.#pressed(event), { signal });
  }

  #link(way, text) {
    const id = this.#ids[way];
    if (id === null) return null;
    const attributes = { class: `button icon ${way}`, href: pageAddress(`/assets/${id}`), title: text, "aria-label": text };
    return h("a", { ...attributes, onclick: (event) => this.#clicked(event, way) }, icon("chevron"));
  }

  #clicked(event, way) {
    if (!isPlain(event)) return;
    event.preventDefault();
    this.#goTo(way);
  }

  #pressed(event) {
    const way = { ArrowLeft: "previous", ArrowRight: "next" }[event.key];
    const isOther = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.defaultPrevented;
    if (!way || isOther || event.target.closest?.(TAKEN)) return;
    event.preventDefault();
    this.#goTo(way);
  }

  /** "Back" leads to the list, not through all pictures that were looked at. */
  #goTo(way) {
    const id = this.#ids[way];
    if (id !== null) go(`/assets/${id}`, {}, { replace: true });
  }
}

customElements.define("picture-pager", PicturePager);
