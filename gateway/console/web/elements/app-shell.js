import { pageAddress, pagePath } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { errorNote, loadingNote, messageNote } from "../core/notes.js";
import { icon } from "../core/pieces.js";
import { otherPlaces, places } from "../core/places.js";
import { found, go, listen, maySee } from "../core/router.js";
import { load, session } from "../core/session.js";
import { styled } from "../core/styles.js";
import { texts } from "../texts.js";
import "./account-menu.js";
import "./toast-list.js";

/** Around every page: the way to the others, who has signed in, and what goes wrong on the way. */
class AppShell extends Component {
  #outlet = h("main", { id: "main", tabindex: "-1" });
  #side = h("header", { class: "side" });
  #offline = h("p", { class: "offline", role: "status", hidden: true }, texts.errors.offlineBar);
  #shown = { page: null, element: null };
  #drawn = "";
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
    import("../core/returning.js").catch(() => {});
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
    // The first page comes into its place, not beside where it will be.
    const look = lookOf(page);
    if (former === null) this.dataset.look = look;
    if (former === null && look !== "console") this.#drawSide();
    // A public page tells who has signed in the way to the console, and does not wait for that.
    if (look === "public" && !session.user) load().catch(() => {});
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
    // What is wrong with it is said where it is waited for, if it still is.
    module.catch(() => {});
    if (!page.isOpen && !session.user && !(await load())) {
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
    // The page that is asked for again after a note is begun anew.
    this.#shown = { page, element: content.localName.endsWith("-page") ? content : null };
    document.title = texts.titles[page?.module] ?? texts.shell.name;
    this.#wear(page);
    window.scrollTo(0, 0);
    fill(this.#outlet, content);
    // A page may know better where it belongs.
    const isTaken = this.#outlet.contains(document.activeElement);
    if (takesFocus && !isTaken) this.#outlet.focus({ preventScroll: true });
    // Nobody waits for that.
    this.#offerDrop().catch(() => {});
  }

  async #offerDrop() {
    const { offerDrop } = await import("../core/dropping.js");
    await offerDrop(this);
  }

  /** What stands around a page. */
  #wear(page) {
    this.dataset.look = lookOf(page);
    this.#drawSide();
  }

  #leave() {
    this.#drawSide();
    const { page } = this.#shown;
    if (page && !page.isOpen) go("/login", { next: pagePath() + location.search }, { replace: true });
  }

  #drawSide() {
    const { look } = this.dataset;
    const path = this.#shown.page?.path ?? "";
    // What is drawn anew loses the focus.
    const drawn = JSON.stringify([look, path, session.user]);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    this.#side.hidden = look === "bare";
    if (look === "public") fill(this.#side, brand("/gallery"), publicLinks());
    else fill(this.#side, brand("/assets"), places(path), h("account-menu", { ".places": otherPlaces(path) }));
  }
}

function lookOf(page) {
  if (page === null) return "public";
  return page.module === "login" ? "bare" : page.isOpen ? "public" : "console";
}

function brand(path) {
  const attributes = { class: "brand", href: pageAddress(path), title: texts.shell.name };
  return h("a", attributes, icon("cat"), h("span", {}, texts.shell.name));
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
    await Promise.all([import(`../pages/${module}.js`), styled(module)]);
  } catch (error) {
    if (!navigator.onLine) throw error;
    // After an upgrade of the hub, what was loaded before may not fit what is loaded now.
    throw new Error(texts.errors.upgraded, { cause: error });
  }
}

customElements.define("app-shell", AppShell);
