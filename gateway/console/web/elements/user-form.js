import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { mayGiveRoles } from "../core/permissions.js";
import { choice, complain, field } from "../core/pieces.js";
import { traceNote } from "../core/notes.js";
import { texts } from "../texts.js";
import "./password-field.js";
import "./permission-table.js";

/** Which of its parts an error of the API is about. */
const PART_OF = {
  user_username_required: "username",
  user_username_conflict: "username",
  user_password_required: "password",
  user_role_invalid: "role",
};

/**
 * Fields of a user. `parts` says which: "username", "password", "role", "permissions"; `user` is whose
 * they are, null for a new one. Both are set before it comes onto the page.
 */
class UserForm extends Component {
  parts = [];
  user = null;
  #controls = new Map();
  #username = h("input", { type: "text", autocomplete: "off", maxlength: 64, required: true, dir: "auto" });
  #password = h("password-field");
  #role = choice(["user", "admin"].map((role) => [role, texts.roles[role]]), "user");
  #permissions = h("permission-table");
  #legend = h("legend", {}, texts.users.permissions);
  #granting = h("fieldset", {}, this.#legend, this.#permissions);
  #problem = h("div", { class: "problem", role: "alert" });

  start() {
    this.#username.value = this.user?.username ?? "";
    this.#role.value = this.user?.role ?? "user";
    this.#permissions.granted = this.user?.permissions ?? [];
    this.#controls = new Map(this.parts.map((part) => [part, this.#control(part)]));
    this.#role.addEventListener("change", () => this.#roleChosen(), { signal: this.signal });
    fill(this, this.parts.map((part) => this.#shown(part)), this.#problem);
    // Alone they are what the dialog is about, and named by that.
    this.#legend.classList.toggle("unseen", this.parts.length === 1);
    this.#roleChosen();
  }

  /** What the API is to be told. */
  read() {
    const values = {
      username: this.#username.value,
      password: this.#password.value,
      role: this.#role.value,
      permissions: this.#role.value === "admin" ? [] : this.#permissions.read(),
    };
    return Object.fromEntries(this.parts.map((part) => [part, values[part]]));
  }

  /** Sends what `read` gives; undefined if that was refused, which it then says where it belongs. */
  async sent(send) {
    for (const control of this.#controls.values()) if (control) complain(control, "");
    fill(this.#problem);
    try {
      return (await send(this.read())) ?? true;
    } catch (error) {
      const control = this.#controls.get(PART_OF[error.code]);
      if (control) complain(control, error.message);
      else fill(this.#problem, h("p", {}, error.message), traceNote(error.traceId));
      return undefined;
    }
  }

  #control(part) {
    if (part === "permissions" || (part === "role" && !mayGiveRoles())) return null;
    return { username: this.#username, password: this.#password.control, role: this.#role }[part];
  }

  #shown(part) {
    if (part === "username") return field(texts.users.username, this.#username);
    if (part === "password") return this.#password;
    if (part === "permissions") return this.#granting;
    return this.#control("role") && field(texts.users.role, this.#role, this.user ? texts.users.roleHint : "");
  }

  #roleChosen() {
    this.#granting.hidden = this.#role.value === "admin";
  }
}

customElements.define("user-form", UserForm);
