import { Component } from "../core/component.js";
import { Drafts } from "../core/drafts.js";
import { fill, h } from "../core/dom.js";
import { highlight } from "../core/highlight.js";
import { button } from "../core/pieces.js";
import { failed } from "../core/toast.js";
import { texts } from "../texts.js";

const SAVED_MS = 2_500;

/**
 * A text that is changed where it stands. Set before it comes onto the page: `name`; `hint`, which says
 * what saving means; `limit`, the most characters; `isLong` for several lines; `empty`, what is read
 * where there is none; `decorative`, the words of the tick for a text that is empty on purpose;
 * `mayEdit`; `read`, which gives the text as it is saved now, and `save`, which is given the new one,
 * null for none, and gives what is saved: both throw ApiError; and `draftId`, by which what was written
 * and not saved is found again. `value` may be set at any time: what is being written stays.
 */
class EditableText extends Component {
  name = "";
  hint = "";
  limit = 0;
  isLong = false;
  empty = "";
  decorative = "";
  mayEdit = false;
  draftId = "";
  read = async () => null;
  save = async () => null;
  #value = null;
  #form = null;

  get value() {
    return this.#value;
  }

  set value(value) {
    if (value === this.#value) return;
    this.#value = value;
    if (!this.isConnected) return;
    if (this.#form) {
      this.#form.value = value;
    } else {
      this.#show({ takesFocus: this.contains(document.activeElement) });
      highlight(this);
    }
  }

  start() {
    this.addEventListener("saved", ({ detail }) => this.#saved(detail), { signal: this.signal });
    this.addEventListener("calledoff", () => this.#show({ takesFocus: true }), { signal: this.signal });
    this.#show();
    const draft = this.mayEdit ? new Drafts("text").get(this.draftId) : null;
    if (draft) this.#edit(draft).catch(failed);
  }

  /** Has a draft that was discarded be written on. */
  async takeUp(draft) {
    new Drafts("text").keep(this.draftId, draft);
    await this.#edit(draft);
    this.#form.focus();
  }

  #saved(value) {
    this.#value = value;
    this.#show({ takesFocus: true, isSaved: true });
  }

  #show({ takesFocus = false, isSaved = false } = {}) {
    this.#form = null;
    const press = () => this.#edit().catch(failed);
    const edit =
      this.mayEdit && button(texts.asset.editOf(this.name), { look: "icon", icon: "edit", onclick: press });
    const saved = h("span", { class: "saved", role: "status" });
    fill(this, h("div", { class: "line" }, h("h3", {}, this.name), saved, edit), this.#text(press));
    if (takesFocus && edit) edit.focus();
    if (isSaved) {
      saved.textContent = texts.common.saved;
      setTimeout(() => (saved.textContent = ""), SAVED_MS);
    }
  }

  #text(press) {
    const isEmpty = this.#value === null || this.#value === "";
    const words = this.#value === "" && this.decorative ? texts.asset.isDecorative : this.empty;
    return h(
      "p",
      {
        class: `${isEmpty ? "nothing" : "prose"}${this.mayEdit ? " pressable" : ""}`,
        dir: isEmpty ? null : "auto",
        onclick: () => this.mayEdit && getSelection().isCollapsed && press(),
      },
      isEmpty ? words : this.#value,
    );
  }

  /** Has it be changed; or what was written before, without a claim to the focus. */
  async #edit(draft = null) {
    await import("./text-form.js");
    if (this.#form) return;
    const { name, hint, limit, isLong, decorative, draftId, read, save } = this;
    const given = { name, hint, limit, isLong, decorative, draftId, read, save };
    this.#form = Object.assign(h("text-form"), { given, draft, value: this.#value });
    fill(this, this.#form);
    if (!draft) this.#form.focus();
  }
}

customElements.define("editable-text", EditableText);
