import { Component } from "../core/component.js";
import { Drafts } from "../core/drafts.js";
import { fill, h } from "../core/dom.js";
import { number } from "../core/format.js";
import { traceNote } from "../core/notes.js";
import { button, complain, field, tick } from "../core/pieces.js";
import { failed, toast } from "../core/toast.js";
import { texts } from "../texts.js";

/**
 * The form of an `editable-text`, whose properties it is given before it comes onto the page; with
 * `draft`, null or what was written and not saved. `value` may be set at any time: what is being
 * written stays. It tells "saved" with the text that is saved now, and "calledoff".
 */
class TextForm extends Component {
  given = {};
  draft = null;
  #value = null;
  #control = null;
  #decorates = null;
  #isSaving = false;
  #drafts = new Drafts("text");
  #count = h("p", { class: "count" });
  #trouble = h("div", { class: "trouble" });
  #meanwhile = h("div", { class: "meanwhile", role: "status" });

  set value(value) {
    const isOther = value !== this.#value;
    this.#value = value;
    if (isOther && this.isConnected && !this.#isSaving) this.#tell();
  }

  start() {
    const { name, hint, isLong, decorative } = this.given;
    const { draft } = this;
    const value = draft?.text ?? this.#value ?? "";
    const decorates = draft?.decorates ?? this.#value === "";
    this.#control = isLong
      ? h("textarea", { rows: 3, dir: "auto", ".value": value, disabled: Boolean(decorative) && decorates })
      : h("input", { type: "text", dir: "auto", ".value": value });
    const decorated = () => (this.#control.disabled = this.#decorates.checked);
    this.#decorates = decorative ? h("input", { type: "checkbox", ".checked": decorates, onchange: decorated }) : null;
    const form = h(
      "form",
      {
        novalidate: true,
        oninput: () => this.#written(),
        onsubmit: (event) => this.#send(event),
        onkeydown: (event) => this.#pressed(event),
      },
      draft && h("p", { class: "hint" }, texts.asset.draftBack),
      field(name, this.#control, hint),
      this.#trouble,
      this.#decorates && tick(decorative, this.#decorates, texts.asset.decorativeHint),
      this.#meanwhile,
      h(
        "div",
        { class: "line" },
        this.#count,
        button(texts.common.cancel, { look: "plain", onclick: () => this.#callOff() }),
        button(texts.common.save, { look: "main", type: "submit" }),
      ),
    );
    fill(this, form);
    this.#tellCount();
    if (draft && draft.base !== this.#value) this.#tell();
  }

  focus() {
    const { value, disabled } = this.#control;
    (disabled ? this.#decorates : this.#control).focus();
    if (!disabled) this.#control.setSelectionRange(value.length, value.length);
  }

  /** What would be saved. */
  get #text() {
    return this.#decorates?.checked ? "" : this.#control.value || null;
  }

  #written() {
    this.#tellCount();
    const { draftId } = this.given;
    const [text, decorates] = [this.#control.value, this.#decorates?.checked ?? false];
    if (this.#text === this.#value) this.#drafts.forget(draftId);
    else this.#drafts.keep(draftId, { text, decorates, base: this.#value });
  }

  /** Characters as people and the hub count them, not halves of some. */
  #tellCount() {
    const count = [...this.#control.value].length;
    const { limit } = this.given;
    this.#count.textContent = texts.asset.count(number(count), number(limit));
    this.#count.classList.toggle("over", count > limit);
  }

  /** Says that somebody else, or a model, has saved another text. */
  #tell() {
    const other = this.#value && h("blockquote", { class: "prose", dir: "auto" }, this.#value);
    fill(this.#meanwhile, h("p", { class: "hint" }, texts.asset.meanwhile), other);
  }

  #pressed(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      this.#callOff();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.currentTarget.requestSubmit();
    }
  }

  /** What was written can be had back for a moment: a key is soon pressed. */
  #callOff() {
    const { draftId } = this.given;
    const draft = this.#drafts.get(draftId);
    const text = this.closest("editable-text");
    this.#drafts.forget(draftId);
    this.tell("calledoff");
    const run = () => text.isConnected && text.takeUp(draft).catch(failed);
    if (draft) toast(texts.asset.discarded, { action: { label: texts.common.undo, run } });
  }

  async #send(event) {
    event.preventDefault();
    if (this.#isSaving) return;
    complain(this.#control, "");
    fill(this.#trouble);
    this.#isSaving = this.#control.readOnly = true;
    try {
      await this.#save();
    } catch (error) {
      if (!this.isConnected) return;
      complain(this.#control, error.message);
      fill(this.#trouble, traceNote(error.traceId));
      this.#control.focus();
    } finally {
      this.#isSaving = this.#control.readOnly = false;
    }
  }

  /** Saves, unless there is another text than the one that whoever wrote this knows of. */
  async #save() {
    const { read, save, draftId } = this.given;
    const known = this.#value;
    this.#value = await read();
    if (this.#value !== known) return this.#tell();
    const saved = await save(this.#text);
    this.#drafts.forget(draftId);
    this.tell("saved", saved);
  }
}

customElements.define("text-form", TextForm);
