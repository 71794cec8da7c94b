import { api } from "../core/api.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { leave } from "../core/leaving.js";
import { traceNote } from "../core/notes.js";
import { button, choice, complain, field } from "../core/pieces.js";
import { session, signIn } from "../core/session.js";
import { chooseTheme, theme, THEMES } from "../core/theme.js";
import { toast } from "../core/toast.js";
import { texts } from "../texts.js";

const words = texts.settings.account;
const LEAST = 8;

/** Who has signed in: what they may do, their password, their colours, and the ways out. */
class MyAccount extends Component {
  #password = h("input", { type: "password", name: "new-password", autocomplete: "new-password", maxlength: 256 });
  #again = h("input", { type: "password", name: "again", autocomplete: "new-password", maxlength: 256 });
  #problem = h("div", { class: "problem", role: "alert" });
  #isSending = false;

  start() {
    const { user } = session;
    fill(
      this,
      h(
        "dl",
        { class: "facts" },
        h("div", {}, h("dt", {}, words.name), h("dd", {}, h("bdi", {}, user.username))),
        h("div", {}, h("dt", {}, words.role), h("dd", {}, texts.roles[user.role])),
      ),
      permissions(user.permissions),
      this.#colours(),
      this.#passwordForm(user),
      h(
        "div",
        { class: "actions" },
        button(texts.shell.signOut, { icon: "leave", onclick: () => leave(false) }),
        button(texts.shell.signOutEverywhere, { icon: "leave", onclick: () => leave(true) }),
      ),
    );
  }

  #colours() {
    const pairs = THEMES.map((each) => [each, words.themes[each]]);
    const chooser = choice(pairs, theme(), { onchange: ({ target }) => chooseTheme(target.value) });
    window.addEventListener("theme", () => (chooser.value = theme()), { signal: this.signal });
    return field(words.colours, chooser);
  }

  #passwordForm(user) {
    if (!session.can("users.update")) return h("p", { class: "hint" }, words.passwordByOthers);
    // What keeps passwords wants to know whose this one is.
    const name = h("input", { name: "username", autocomplete: "username", ".value": user.username, hidden: true });
    const form = h(
      "form",
      { novalidate: true },
      name,
      field(words.password, this.#password, words.passwordHint),
      field(words.again, this.#again),
      this.#problem,
      button(words.change, { type: "submit" }),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#change(user);
    });
    return h("details", {}, h("summary", {}, words.changePassword), form);
  }

  async #change(user) {
    fill(this.#problem);
    const password = this.#password.value;
    const isShort = [...password].length < LEAST;
    const isOther = password !== this.#again.value;
    complain(this.#password, isShort ? words.tooShort : "");
    complain(this.#again, !isShort && isOther ? words.notSame : "");
    if (isShort || isOther) return this.querySelector("[aria-invalid]").focus();
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      await api.post(`/users/${user.id}/reset-password`, { body: { newPassword: password } });
      await this.#changed(user, password);
    } catch (error) {
      if (error.code === "user_password_required") complain(this.#password, error.message);
      else fill(this.#problem, h("p", {}, error.message), traceNote(error.traceId));
    } finally {
      this.#isSending = false;
    }
  }

  /** Another password ends all sessions, this one too. */
  async #changed(user, password) {
    this.#password.value = "";
    this.#again.value = "";
    await signIn(user.username, password);
    const details = this.querySelector("details:has(form)");
    details.open = false;
    details.querySelector("summary").focus();
    toast(words.changed);
  }
}

function permissions(names) {
  const list = h("ul", { class: "permissions" }, names.map((name) => h("li", {}, h("code", {}, name))));
  return h("details", {}, h("summary", {}, words.permissions(names.length)), list);
}

customElements.define("my-account", MyAccount);
