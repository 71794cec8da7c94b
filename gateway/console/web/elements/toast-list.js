import { Component } from "../core/component.js";
import { h } from "../core/dom.js";
import { traceNote } from "../core/notes.js";
import { button, icon } from "../core/pieces.js";
import { texts } from "../texts.js";

const SHOWN_MS = 6_000;

/** Shows what `toast` says. Errors stay until they are closed. */
class ToastList extends Component {
  start() {
    this.setAttribute("role", "status");
    this.setAttribute("aria-live", "polite");
    window.addEventListener("toast", ({ detail }) => this.#add(detail), { signal: this.signal });
  }

  #add({ text, isError, traceId, action }) {
    const shown = h(
      "div",
      { class: isError ? "toast bad" : "toast" },
      icon(isError ? "alert" : "check"),
      h("div", {}, h("p", {}, text), traceNote(traceId)),
      action && button(action.label, { look: "plain", onclick: () => (shown.remove(), action.run()) }),
      button(texts.common.close, { icon: "close", look: "icon", onclick: () => shown.remove() }),
    );
    this.append(shown);
    if (!isError) setTimeout(() => shown.remove(), SHOWN_MS);
  }
}

customElements.define("toast-list", ToastList);
