import { pageAddress, pagePath } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { errorNote, loadingNote, messageNote } from "../core/notes.js";
import { icon } from "../core/pieces.js";
import { found, go, listen, maySee } from "../core/router.js";
import { load, session } from "../core/session.js";
import { texts } from "../texts.js";
import "./account-menu.js";
import "./toast-list.js";

/** What the side of the console leads to, with its drawing. */
const PLACES = [
  { path: "/assets", name: "assets", drawing: "pictures" },
  { path: "/executions", name: "executions", drawing: "runs" },
  { path: "/workflows", name: "workflows", drawing: "workflow" },
  { path: "/ai-providers", name: "ai-providers", drawing: "spark" },
  { path: "/users", name: "users", drawing: "people" },
  { path: "/settings", name: "settings", drawing: "settings" },
  { path: "/gallery", name: "gallery", drawing: "globe" },
];

/** Around every page: the way to the others, who has signed in, and what goes wrong on the way. */
class AppShell extends Component {
  #outlet = h("main", { id: "main", tabindex: "-1" });
  #side = h("header", { class: "side" });
  #offline = h("p", { class: "offline", role: "status", hidden: true }, texts.errors.offlineBar);
  #shown = { page: null, element: null };
  #turn = 0;

  start() {
    fill(
      this,
      h("a", { class: "skip", href: "#main", onclick: (event) => this.#toMain(event) }, texts.shell.skip),
      this.#side,
      h("div", { class: "stage" }, this.#offline, this.#outlet),
      h("toast-list"),
    );
    listen();
    const { signal } = this;
    window.addEventListener("page", ({ detail }) => this.#show(detail.isBack), { signal });
    window.addEventListener("offline", () => this.#reached(false), { signal });
    window.addEventListener("online", () => this.#reached(true), { signal });
    session.addEventListener("signedin", () => this.#drawSide(), { signal });
    session.addEventListener("signedout", () => this.#leave(), { signal });
    this.#reached(navigator.onLine);
    this.#show(false);
  }

  #reached(isOnline) {
    this.#offline.hidden = isOnline;
  }

  #toMain(event) {
    event.preventDefault();
    this.#outlet.focus();
  }

  async #show(isBack) {
    const page = found(pagePath());
    const { page: former, element } = this.#shown;
    if (element && page && page.path === former?.path && sameParams(page, former)) {
      element.addressChanged?.(isBack);
      this.#drawSide();
      return;
    }
    const turn = ++this.#turn;
    this.#shown = { page, element: null };
    // What can be known is there before anything is drawn, so that nothing jumps.
    if (former === null && page?.isOpen) this.#wear(page);
    const wait = setTimeout(() => fill(this.#outlet, loadingNote()), 150);
    try {
      const content = await this.#content(page);
      if (turn !== this.#turn || !content) return;
      this.#place(page, content, former !== null);
    } catch (error) {
      if (turn === this.#turn) this.#place(page, errorNote(error, () => this.#show(isBack)), false);
    } finally {
      clearTimeout(wait);
    }
  }

  /** What is to be shown; null if another page is gone to. */
  async #content(page) {
    if (page === null) return messageNote(texts.errors.noPage, texts.errors.noPageHint);
    const module = imported(page.module);
    if (!page.isOpen && !session.user && !(await load())) {
      module.catch(() => {});
      const next = pagePath() === "/assets" && !location.search ? null : pagePath() + location.search;
      go("/login", { next }, { replace: true });
      return null;
    }
    if (!maySee(page)) return messageNote(texts.errors.mayNot, texts.errors.mayNotHint(page.permission));
    await module;
    const element = document.createElement(`${page.module}-page`);
    element.params = page.params;
    return element;
  }

  #place(page, content, takesFocus) {
    this.#shown = { page, element: content };
    document.title = texts.titles[page?.module] ?? texts.shell.name;
    this.#wear(page);
    window.scrollTo(0, 0);
    fill(this.#outlet, content);
    if (takesFocus) this.#outlet.focus({ preventScroll: true });
  }

  /** What stands around a page. */
  #wear(page) {
    this.dataset.look = page?.module === "login" ? "bare" : page?.isOpen ? "public" : "console";
    this.#drawSide();
  }

  #leave() {
    this.#drawSide();
    const { page } = this.#shown;
    if (page && !page.isOpen) go("/login", { next: pagePath() + location.search }, { replace: true });
  }

  #drawSide() {
    const look = this.dataset.look;
    this.#side.hidden = look === "bare";
    if (look === "public") fill(this.#side, brand("/gallery"), publicLinks());
    else fill(this.#side, brand("/assets"), places(this.#shown.page), h("account-menu"));
  }
}

function brand(path) {
  return h("a", { class: "brand", href: pageAddress(path) }, icon("cat"), h("span", {}, texts.shell.name));
}

function places(page) {
  const links = PLACES.filter((place) => maySee(found(place.path))).map((place) =>
    h(
      "a",
      {
        href: pageAddress(place.path),
        "aria-current": page?.path.startsWith(place.path) ? "page" : null,
      },
      icon(place.drawing),
      h("span", {}, texts.places[place.name]),
    ),
  );
  return h("nav", { "aria-label": texts.shell.places }, links);
}

function publicLinks() {
  return session.user
    ? h("a", { class: "button quiet", href: pageAddress("/assets") }, texts.shell.toConsole)
    : h("a", { class: "button quiet", href: pageAddress("/login") }, texts.shell.signIn);
}

function sameParams(one, other) {
  return Object.entries(one.params).every(([name, value]) => other.params[name] === value);
}

async function imported(module) {
  try {
    return await import(`../pages/${module}.js`);
  } catch (error) {
    if (!navigator.onLine) throw error;
    // After an upgrade of the hub, what was loaded before may not fit what is loaded now.
    throw new Error(texts.errors.upgraded, { cause: error });
  }
}

customElements.define("app-shell", AppShell);
