import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { ago, moment } from "../core/format.js";
import { inWords, powers } from "../core/permissions.js";
import { badge, button, icon } from "../core/pieces.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";

let menus = 0;

/**
 * A user in the list. `user` is set before it comes onto the page, and may be set again. Tells
 * "manage", with what is to be done: "edit", "permissions", "password" or "status".
 */
class UserRow extends Component {
  #user = null;
  #name = h("h2", { class: "name", tabindex: "-1", dir: "auto" });
  #opener = null;

  get user() {
    return this.#user;
  }

  set user(user) {
    this.#user = user;
    if (this.isConnected) this.start();
  }

  start() {
    const { username, role, isActive, lastLoginAtUtc } = this.#user;
    this.#name.textContent = username;
    this.classList.toggle("inactive", !isActive);
    fill(
      this,
      h("span", { class: "face" }, icon("person")),
      h(
        "div",
        { class: "who" },
        this.#name,
        h(
          "p",
          { class: "badges" },
          badge(texts.roles[role]),
          this.#user.id === session.user?.id && badge(texts.users.you, "good"),
          !isActive && badge(texts.users.disabled, "warn"),
        ),
      ),
      h("p", { class: "may" }, inWords(this.#user)),
      h("p", { class: "last" }, lastLogin(lastLoginAtUtc)),
      this.#menu(),
    );
  }

  /** Puts the focus here: to what can be done with the user, or to the name. */
  focus() {
    (this.#opener ?? this.#name).focus();
  }

  #menu() {
    const entries = session.user ? this.#entries() : [];
    this.#opener = null;
    if (entries.length === 0) return null;
    const id = `user-menu-${++menus}`;
    const menu = h("div", { class: "menu", popover: "auto", id }, entries);
    menu.addEventListener("click", () => menu.hidePopover());
    const label = texts.users.manage(this.#user.username);
    this.#opener = button(label, { look: "icon", icon: "more", popovertarget: id });
    return h("div", { class: "actions" }, this.#opener, menu);
  }

  #entries() {
    const may = powers(this.#user);
    const words = texts.users;
    const { isActive } = this.#user;
    return [
      may.rename && this.#entry("edit", may.role ? words.editRole : words.edit, "edit"),
      may.permissions && this.#entry("permissions", words.permissions, "check"),
      may.password && this.#entry("password", words.resetPassword, "lock"),
      may.status && this.#entry("status", isActive ? words.disable : words.enable, isActive ? "stop" : "play"),
    ].filter(Boolean);
  }

  #entry(action, text, drawing) {
    return button(text, { icon: drawing, look: "plain", onclick: () => this.tell("manage", action) });
  }
}

function lastLogin(at) {
  if (at === null) return texts.users.neverLoggedIn;
  return h("time", { datetime: at, title: moment(at) }, texts.users.lastLogin(ago(at)));
}

customElements.define("user-row", UserRow);
