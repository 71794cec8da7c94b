import { pageAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { traceNote } from "../core/notes.js";
import { badge, button } from "../core/pieces.js";
import { uploads } from "../core/uploads.js";
import { texts } from "../texts.js";

const words = texts.uploads;
const TONES = { waiting: "", sending: "", stored: "good", refused: "bad", failed: "bad", cancelled: "warn" };

/** One upload of the panel. `upload` is set before it comes onto the page; `changed` draws anew. */
class UploadRow extends Component {
  upload = null;
  #state = null;
  #progress = h("progress", { max: 1 });
  #side = h("div", { class: "state" });
  #reason = h("div", { class: "reason" });

  start() {
    const { file } = this.upload;
    this.setAttribute("role", "listitem");
    this.#progress.setAttribute("aria-label", words.progress(file.name));
    fill(
      this,
      h("div", { class: "what" }, this.#name(), h("span", { class: "size" }, bytes(file.size))),
      this.#side,
      this.#progress,
      this.#reason,
    );
    this.#state = null;
    this.changed();
  }

  /** Shows how far it has come. */
  changed() {
    const { state, progress, problem } = this.upload;
    this.#progress.value = progress;
    const key = `${state} ${problem?.message ?? ""}`;
    if (key === this.#state) return;
    this.#state = key;
    const hadFocus = this.contains(document.activeElement);
    this.#progress.hidden = state !== "waiting" && state !== "sending";
    fill(this.#side, badge(words.states[state], TONES[state]), this.#action());
    fill(this.#reason, problem && h("p", {}, this.#problem()), problem && traceNote(problem.traceId));
    if (state === "stored") this.querySelector(".name").replaceWith(this.#name());
    if (hadFocus) (this.querySelector("button, a") ?? this.closest("section")).focus();
  }

  #name() {
    const { file, asset } = this.upload;
    const name = h("bdi", {}, file.name || words.unnamed);
    if (!asset) return h("span", { class: "name", title: file.name }, name);
    return h("a", { class: "name", title: file.name, href: pageAddress(`/assets/${asset.id}`) }, name);
  }

  #problem() {
    const { state, problem } = this.upload;
    return state === "stored" ? words.notPublished(problem.message) : problem.message;
  }

  #action() {
    const { state, file } = this.upload;
    if (state === "waiting" || state === "sending") {
      return button(words.cancel(file.name), { icon: "close", look: "icon", onclick: () => uploads.cancel(this.upload) });
    }
    if (state === "failed" || state === "cancelled") {
      return button(words.retry(file.name), { icon: "retry", look: "icon", onclick: () => uploads.retry(this.upload) });
    }
    return null;
  }
}

customElements.define("upload-row", UploadRow);
