import { pageQuery } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { emptyNote } from "../core/notes.js";
import { button, pageHead } from "../core/pieces.js";
import { altOf, galleryAddress, inList, nameOf, publicPictures } from "../core/public-pictures.js";
import { keepQuery } from "../core/router.js";
import { texts } from "../texts.js";
import "../elements/photo-grid.js";

const TYPED_MS = 250;

/** The public pictures, for anybody. */
class GalleryPage extends Component {
  #search = h("input", { type: "search", maxlength: "200", autocomplete: "off", enterkeyhint: "search" });
  #count = h("p", { class: "count", role: "status" });
  #grid = null;
  #timer = 0;

  start() {
    this.#search.value = pageQuery().query ?? "";
    this.#search.placeholder = texts.gallery.search;
    this.#search.setAttribute("aria-label", texts.gallery.search);
    this.#search.addEventListener("input", () => this.#typed());
    const form = h("form", { role: "search", onsubmit: (event) => this.#searched(event) }, this.#search);
    this.#grid = h("photo-grid", {
      ".layout": "rows",
      ".source": publicPictures(this.#search.value),
      ".picture": inList,
      ".address": (item) => galleryAddress(item.id),
      ".tile": caption,
      ".empty": () => this.#empty(),
      onitems: () => this.#counted(),
    });
    fill(this, pageHead(texts.gallery.title, this.#count, form), this.#grid);
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** "Back" may lead to another search. */
  addressChanged(isBack) {
    clearTimeout(this.#timer);
    this.#search.value = pageQuery().query ?? "";
    this.#grid.source = publicPictures(this.#search.value);
    if (isBack) this.#grid.restore();
    else this.#grid.reset();
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), TYPED_MS);
  }

  #searched(event) {
    event.preventDefault();
    this.#look();
  }

  #look() {
    clearTimeout(this.#timer);
    const query = this.#search.value.trim();
    if (query === (pageQuery().query ?? "")) return;
    keepQuery({ query });
    this.#grid.source = publicPictures(query);
    this.#grid.reset();
  }

  #counted() {
    const { total, totalIsCapped, items } = this.#grid;
    this.#count.textContent = items.length ? texts.gallery.count(total, totalIsCapped) : "";
  }

  #empty() {
    const { query = "" } = pageQuery();
    if (query === "") return emptyNote("pictures", texts.gallery.empty, texts.gallery.emptyHint);
    const all = button(texts.gallery.showAll, { onclick: () => this.#showAll() });
    return emptyNote("search", texts.gallery.noMatch, texts.gallery.noMatchHint(query), all);
  }

  #showAll() {
    this.#search.value = "";
    this.#search.focus();
    this.#look();
  }
}

function caption(item) {
  const text = item.description || nameOf(item);
  // Who hears the picture's text need not hear it twice.
  return h("p", { dir: "auto", "aria-hidden": text === altOf(item) ? "true" : null }, text);
}

customElements.define("gallery-page", GalleryPage);
