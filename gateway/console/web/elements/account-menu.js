import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { leave } from "../core/leaving.js";
import { button, icon } from "../core/pieces.js";
import { session } from "../core/session.js";
import { nextTheme, theme } from "../core/theme.js";
import { texts } from "../texts.js";

/** Who has signed in, the colours of the console, and the way out. */
class AccountMenu extends Component {
  start() {
    const { user } = session;
    if (!user) return;
    const menu = h(
      "div",
      { class: "menu", popover: "auto", id: "account" },
      h("p", { class: "who" }, h("strong", {}, user.username), h("span", {}, texts.roles[user.role])),
      this.#themeButton(),
      button(texts.shell.signOut, { icon: "leave", look: "plain", onclick: () => leave(false) }),
      button(texts.shell.signOutEverywhere, { icon: "leave", look: "plain", onclick: () => leave(true) }),
    );
    const opener = h(
      "button",
      { type: "button", class: "account", popovertarget: "account", "aria-haspopup": "true", "aria-label": user.username },
      icon("person"),
      h("span", {}, user.username),
    );
    fill(this, opener, menu);
  }

  #themeButton() {
    const made = button(texts.shell.theme[theme()], { icon: "theme", look: "plain", onclick: nextTheme });
    const told = () => (made.querySelector(".label").textContent = texts.shell.theme[theme()]);
    window.addEventListener("theme", told, { signal: this.signal });
    return made;
  }
}

customElements.define("account-menu", AccountMenu);
