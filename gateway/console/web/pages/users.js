import { pageQuery } from "../core/address.js";
import { api } from "../core/api.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { emptyNote, errorNote, loadingNote } from "../core/notes.js";
import { button, pageHead } from "../core/pieces.js";
import { keepQuery } from "../core/router.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";
import { createUser, manageUser } from "../core/managing.js";
import "../elements/user-row.js";

const PAGE = 50;
const TYPING_MS = 250;
const PATIENCE_MS = 150;

/** Who can sign in, and what they may. */
class UsersPage extends Component {
  #search = h("input", {
    type: "search",
    maxlength: 64,
    "aria-label": texts.users.search,
    placeholder: texts.users.search,
  });
  #total = h("p", { class: "hint", role: "status" });
  #list = h("ul", { "aria-label": texts.users.list });
  #end = h("div", { class: "end" });
  #loading = new AbortController();
  #typing = 0;
  #cursor = null;

  start() {
    const create = button(texts.users.create, { look: "main", icon: "plus", onclick: () => this.#create() });
    fill(
      this,
      pageHead(texts.places.users, session.can("users.create") && create),
      h("search", {}, this.#search, this.#total),
      this.#list,
      this.#end,
    );
    this.#search.addEventListener("input", () => this.#typed(), { signal: this.signal });
    this.addEventListener("manage", (event) => this.#manage(event), { signal: this.signal });
    this.addressChanged();
  }

  stop() {
    clearTimeout(this.#typing);
    this.#loading.abort();
  }

  /** Shows what the address says. */
  addressChanged() {
    const { query = "" } = pageQuery();
    if (this.#search.value.trim() !== query) this.#search.value = query;
    return this.#load();
  }

  #typed() {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      keepQuery({ query: this.#search.value.trim() });
      this.#load();
    }, TYPING_MS);
  }

  /** The first page. What was shown stays until there is something else. */
  async #load() {
    this.#loading.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    const wait = setTimeout(() => fill(this.#end, loadingNote()), PATIENCE_MS);
    try {
      const page = await this.#page(null, signal);
      fill(this.#list);
      this.#add(page);
    } catch (error) {
      if (signal.aborted) return;
      fill(this.#list);
      fill(this.#total);
      fill(this.#end, errorNote(error, () => this.#load()));
    } finally {
      clearTimeout(wait);
    }
  }

  async #more(pressed) {
    const { signal } = this.#loading;
    pressed.disabled = true;
    try {
      const last = this.#list.lastElementChild;
      this.#add(await this.#page(this.#cursor, signal));
      last.nextElementSibling?.firstElementChild.focus();
    } catch (error) {
      if (!signal.aborted) fill(this.#end, errorNote(error, () => this.#more(pressed)));
    }
  }

  #page(cursor, signal) {
    const query = { query: this.#search.value.trim(), pageSize: PAGE, cursor };
    return api.get("/users", { query, signal });
  }

  #add({ items, total, totalIsCapped, nextCursor }) {
    this.#cursor = nextCursor;
    this.#list.append(...items.map((user) => h("li", {}, h("user-row", { ".user": user }))));
    this.#total.textContent = texts.users.total(total, totalIsCapped);
    const more = nextCursor && button(texts.users.more, { onclick: () => this.#more(more) });
    const nobody = this.#list.childElementCount === 0;
    fill(this.#end, more, nobody && emptyNote("people", texts.users.noneFound, texts.users.noneFoundHint));
  }

  async #create() {
    const made = await createUser();
    if (!made || !this.isConnected) return;
    this.#search.value = "";
    keepQuery({ query: null });
    await this.#load();
    this.#row(made.id)?.focus();
  }

  async #manage({ target, detail }) {
    const changed = await manageUser(target.user, detail);
    if (changed) target.user = changed;
    if (target.isConnected) target.focus();
  }

  #row(id) {
    return [...this.querySelectorAll("user-row")].find((row) => row.user.id === id);
  }
}

customElements.define("users-page", UsersPage);
