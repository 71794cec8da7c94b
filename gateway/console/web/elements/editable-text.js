import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { highlight } from "../core/highlight.js";
import { traceNote } from "../core/notes.js";
import { button, complain, field, tick } from "../core/pieces.js";
import { texts } from "../texts.js";

const SAVED_MS = 2_500;

/**
 * A text that is changed where it stands. Set before it comes onto the page: `name`; `hint`, which says
 * what saving means; `limit`, the most characters; `isLong` for several lines; `empty`, what is read
 * where there is none; `decorative`, the words of the tick for a text that is empty on purpose;
 * `mayEdit`; and `save`, which is given the new text, null for none, and throws ApiError.
 * `value` may be set at any time: what is being written stays.
 */
class EditableText extends Component {
  name = "";
  hint = "";
  limit = 0;
  isLong = false;
  empty = "";
  decorative = "";
  mayEdit = false;
  save = async () => {};
  #value = null;
  #control = null;
  #decorates = null;
  #isSaving = false;

  get value() {
    return this.#value;
  }

  set value(value) {
    if (value === this.#value) return;
    this.#value = value;
    if (!this.isConnected || this.#isSaving) return;
    if (this.#control) this.querySelector(".meanwhile").hidden = false;
    else this.#show({ takesFocus: this.contains(document.activeElement) });
    highlight(this);
  }

  start() {
    this.#show();
  }

  stop() {
    this.#control = null;
  }

  #show({ takesFocus = false, isSaved = false } = {}) {
    this.#control = null;
    const edit =
      this.mayEdit &&
      button(texts.asset.editOf(this.name), { look: "icon", icon: "edit", onclick: () => this.#edit() });
    const saved = h("span", { class: "saved", role: "status" });
    fill(this, h("div", { class: "line" }, h("h3", {}, this.name), saved, edit), this.#text());
    if (takesFocus && edit) edit.focus();
    if (isSaved) {
      saved.textContent = texts.common.saved;
      setTimeout(() => (saved.textContent = ""), SAVED_MS);
    }
  }

  #text() {
    const isEmpty = this.#value === null || this.#value === "";
    const words = this.#value === "" && this.decorative ? texts.asset.isDecorative : this.empty;
    return h(
      "p",
      {
        class: `${isEmpty ? "nothing" : "prose"}${this.mayEdit ? " pressable" : ""}`,
        dir: isEmpty ? null : "auto",
        onclick: () => this.mayEdit && getSelection().isCollapsed && this.#edit(),
      },
      isEmpty ? words : this.#value,
    );
  }

  #edit() {
    const value = this.#value ?? "";
    this.#control = this.isLong
      ? h("textarea", { rows: 3, dir: "auto", ".value": value })
      : h("input", { type: "text", dir: "auto", ".value": value });
    this.#decorates = this.decorative
      ? h("input", { type: "checkbox", ".checked": this.#value === "", onchange: () => this.#decorated() })
      : null;
    const count = h("p", { class: "count" });
    const counted = () => this.#count(count);
    this.#control.addEventListener("input", counted);
    const form = h(
      "form",
      { novalidate: true, onsubmit: (event) => this.#send(event), onkeydown: (event) => this.#pressed(event) },
      field(this.name, this.#control, this.hint),
      h("div", { class: "trouble" }),
      this.#decorates && tick(this.decorative, this.#decorates, texts.asset.decorativeHint),
      h("p", { class: "meanwhile hint", role: "status", hidden: true }, texts.asset.meanwhile),
      h(
        "div",
        { class: "line" },
        count,
        button(texts.common.cancel, { look: "plain", onclick: () => this.#show({ takesFocus: true }) }),
        button(texts.common.save, { look: "main", type: "submit" }),
      ),
    );
    fill(this, form);
    counted();
    this.#control.disabled = this.#decorates?.checked ?? false;
    (this.#control.disabled ? this.#decorates : this.#control).focus();
    if (!this.#control.disabled) this.#control.setSelectionRange(value.length, value.length);
  }

  #decorated() {
    this.#control.disabled = this.#decorates.checked;
  }

  /** Characters as people and the hub count them, not halves of some. */
  #count(shown) {
    const count = [...this.#control.value].length;
    shown.textContent = texts.asset.count(number(count), number(this.limit));
    shown.classList.toggle("over", count > this.limit);
  }

  #pressed(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.#show({ takesFocus: true });
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.currentTarget.requestSubmit();
    }
  }

  async #send(event) {
    event.preventDefault();
    if (this.#isSaving) return;
    const control = this.#control;
    const trouble = this.querySelector(".trouble");
    complain(control, "");
    fill(trouble);
    this.#isSaving = control.readOnly = true;
    try {
      this.#value = await this.save(this.#decorates?.checked ? "" : control.value || null);
      if (this.#control === control) this.#show({ takesFocus: true, isSaved: true });
    } catch (error) {
      if (this.#control !== control) return;
      complain(control, error.message);
      fill(trouble, traceNote(error.traceId));
      control.focus();
    } finally {
      this.#isSaving = control.readOnly = false;
    }
  }
}

customElements.define("editable-text", EditableText);
