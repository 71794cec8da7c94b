import { Component } from "../core/component.js";
import { copied } from "../core/copying.js";
import { fill, h } from "../core/dom.js";
import { madePassword } from "../core/passwords.js";
import { button, field } from "../core/pieces.js";
import { texts } from "../texts.js";

/** A password for somebody: typed, or made here and shown so that it can be passed on. */
class PasswordField extends Component {
  /** What `complain` is told about. */
  control = h("input", { type: "password", autocomplete: "new-password", maxlength: 256, required: true });
  #show = button(texts.users.showPassword, { icon: "eye", "aria-pressed": "false", onclick: () => this.#shown() });
  #copy = button(texts.users.copyPassword, { icon: "copy", onclick: () => this.#copied() });
  #said = h("p", { class: "hint", role: "status" });

  start() {
    const make = button(texts.users.makePassword, { icon: "spark", onclick: () => this.#made() });
    fill(
      this,
      field(texts.users.password, this.control, texts.users.passwordHint),
      h("div", { class: "actions" }, make, this.#show, this.#copy),
      this.#said,
    );
  }

  get value() {
    return this.control.value;
  }

  #made() {
    this.control.value = madePassword();
    this.#shown(true);
    this.#said.textContent = texts.users.passwordMade;
    this.control.focus();
    this.control.select();
  }

  /** It is said here: what lies behind the dialog is not seen. */
  async #copied() {
    const isCopied = await copied(this.value, this.#copy);
    this.#said.textContent = isCopied ? texts.users.passwordCopied : texts.users.passwordNotCopied;
  }

  #shown(isShown = this.control.type === "password") {
    this.control.type = isShown ? "text" : "password";
    this.#show.setAttribute("aria-pressed", isShown);
  }
}

customElements.define("password-field", PasswordField);
