import { filtersOf, isNarrowed, SORTS } from "../core/asset-query.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { typeName } from "../core/limits.js";
import { button, choice, icon } from "../core/pieces.js";
import { texts } from "../texts.js";

const TYPED_MS = 250;
const words = texts.assets;

/**
 * The search, the filters and the order of pictures. `values` are those of core/asset-query.js;
 * "filters" is told when somebody changes them, with `isTyped` if that was by typing. `types` are the
 * content types to choose from.
 */
class AssetFilters extends Component {
  #values = filtersOf({});
  #types = [];
  #timer = 0;
  #search = h("input", {
    type: "search",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "200",
    placeholder: words.searchHint,
    "aria-label": words.search,
    "aria-keyshortcuts": "/",
    oninput: () => this.#typed(),
    onkeydown: (event) => event.key === "Enter" && this.#typedAll(),
  });
  #selects = h("div", { class: "selects" });
  #clear = button(words.clear, {
    icon: "close",
    look: "plain",
    title: words.clearFilters,
    onclick: () => this.clear(),
  });

  get values() {
    return this.#values;
  }

  set values(values) {
    this.#values = values;
    if (this.isConnected) this.#draw();
  }

  set types(types) {
    this.#types = types;
    if (this.isConnected) this.#draw();
  }

  start() {
    fill(this, h("search", {}, h("div", { class: "search" }, icon("search"), this.#search), this.#selects, this.#clear));
    this.#draw();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** Puts the focus into the search. */
  find() {
    this.#search.focus();
    this.#search.select();
  }

  /** Takes out the search and the filters; the order stays. */
  clear() {
    this.#become({ query: "", type: "" }, false);
    this.#search.focus();
  }

  #typed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#typedAll(), TYPED_MS);
  }

  #typedAll() {
    clearTimeout(this.#timer);
    const query = this.#search.value.trim();
    if (query !== this.#values.query) this.#become({ query }, true);
  }

  #become(changes, isTyped) {
    clearTimeout(this.#timer);
    this.#values = { ...this.#values, ...changes };
    if (!isTyped) this.#draw();
    this.#clear.hidden = !isNarrowed(this.#values);
    this.tell("filters", { values: this.#values, isTyped });
  }

  #draw() {
    const { query, type, sort } = this.#values;
    this.#search.value = query;
    this.#clear.hidden = !isNarrowed(this.#values);
    // What the address asks for is shown, also if the hub has no such type.
    const types = type && !this.#types.includes(type) ? [type, ...this.#types] : this.#types;
    fill(
      this.#selects,
      this.#select("type", words.type, [["", words.anyType], ...types.map((each) => [each, typeName(each)])], type),
      this.#select(
        "sort",
        words.sort,
        Object.keys(SORTS).map((each) => [each === "newest" ? "" : each, words.sorts[each]]),
        sort,
      ),
    );
  }

  #select(name, label, pairs, chosen) {
    const select = choice(pairs, chosen, { name, "aria-label": label });
    select.classList.toggle("chosen", chosen !== "");
    select.addEventListener("change", () => {
      this.#become({ [name]: select.value }, false);
      this.#selects.querySelector(`[name="${name}"]`).focus();
    });
    return select;
  }
}

customElements.define("asset-filters", AssetFilters);
