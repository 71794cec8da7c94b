import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { button, icon } from "../core/pieces.js";
import { session } from "../core/session.js";
import { nextTheme, theme } from "../core/theme.js";
import { failed } from "../core/toast.js";
import { texts } from "../texts.js";

/**
 * Who has signed in, the colours of the console, and the way out; on a phone also `places`, a list of
 * links which are set before it comes onto the page.
 */
class AccountMenu extends Component {
  places = null;

  start() {
    const { user } = session;
    if (!user) return;
    const menu = h(
      "div",
      { class: "menu", popover: "auto", id: "account" },
      this.places && h("nav", { "aria-label": texts.shell.otherPlaces }, this.places),
      h("p", { class: "who" }, h("strong", { dir: "auto" }, user.username), h("span", {}, texts.roles[user.role])),
      this.#themeButton(),
      button(texts.shell.signOut, { icon: "leave", look: "plain", onclick: () => left(false) }),
      button(texts.shell.signOutEverywhere, { icon: "leave", look: "plain", onclick: () => left(true) }),
    );
    // The link to the page that is shown changes nothing that would close it.
    menu.addEventListener("click", (event) => event.target.closest("a") && menu.hidePopover());
    fill(this, opener(user.username, "person", "account"), opener(texts.shell.more, "more", "account more"), menu);
  }

  #themeButton() {
    const made = button(texts.shell.theme[theme()], { icon: "theme", look: "plain", onclick: nextTheme });
    const told = () => (made.querySelector(".label").textContent = texts.shell.theme[theme()]);
    window.addEventListener("theme", told, { signal: this.signal });
    return made;
  }
}

async function left(everywhere) {
  try {
    const { leave } = await import("../core/leaving.js");
    leave(everywhere);
  } catch (error) {
    failed(error);
  }
}

/** There are two, of which the width of the screen shows one. */
function opener(text, drawing, look) {
  return h(
    "button",
    { type: "button", class: look, popovertarget: "account", title: text },
    icon(drawing),
    h("span", { dir: "auto" }, text),
  );
}

customElements.define("account-menu", AccountMenu);
