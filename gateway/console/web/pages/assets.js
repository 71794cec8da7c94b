import { pageAddress, pageQuery, thumbnailAddress } from "../core/address.js";
import { api } from "../core/api.js";
import { assetCaption } from "../core/asset-caption.js";
import { apiQuery, filtersOf, isNarrowed, showsFirst } from "../core/asset-query.js";
import { Component, unlessAborted } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { limits } from "../core/limits.js";
import { emptyNote } from "../core/notes.js";
import { button, icon } from "../core/pieces.js";
import { keepQuery } from "../core/router.js";
import { session } from "../core/session.js";
import { failed } from "../core/toast.js";
import { texts } from "../texts.js";
import "../elements/asset-filters.js";
import "../elements/photo-grid.js";
import "../elements/upload-button.js";

const PAGE = 60;
const NEWEST = 100;
/** Of runs that nothing has to be said about. */
const SILENT = new Set(["succeeded", "cancelled"]);
/** What takes keys itself, and what stands above the page. */
const TYPED_INTO = "input:not([type=checkbox]), textarea, select";
const ABOVE = "dialog[open], [popover]:popover-open";
const words = texts.assets;

/** All pictures: found, uploaded, watched, and changed many at once. */
class AssetsPage extends Component {
  /** What follows runs; null until there are some. */
  #live = null;
  /** What uploads; null until somebody does. */
  #arrivals = null;
  #total = h("p", { class: "total", role: "status" });
  #banner = h("div", { class: "banner", hidden: true });
  #filters = h("asset-filters", { onfilters: ({ detail }) => this.#filtered(detail) });
  /** What is done with selected pictures; null until there were some. */
  #bar = null;
  #bars = h("div", { class: "bars" }, this.#filters);
  /** How many are selected, for who does not see it: what is said stands in the page before it is said. */
  #said = h("p", { class: "unseen", role: "status" });
  #button = session.can("assets.create") ? h("upload-button") : null;
  #grid = h("photo-grid", {
    ".layout": "cards",
    ".isSelectable": session.can("assets.update") || session.can("assets.delete"),
    ".source": (cursor, signal) => this.#page(cursor, signal),
    ".picture": (item) => this.#picture(item),
    ".address": (item) => pageAddress(`/assets/${item.id}`),
    ".tile": (item) => assetCaption(item, this.#live?.stateOf(item.id) ?? null),
    ".empty": () => this.#empty(),
    onitems: () => this.#counted(),
    onselection: () => this.#selected(),
  });

  start() {
    this.#filters.values = filtersOf(pageQuery());
    fill(
      this,
      h(
        "div",
        { class: "page-head" },
        h("div", { class: "name" }, h("h1", {}, words.title), this.#total),
        h("div", { class: "actions" }, this.#help(), this.#button),
      ),
      this.#banner,
      this.#bars,
      this.#said,
      this.#grid,
    );
    document.addEventListener("keydown", (event) => this.#pressed(event), { signal: this.signal });
    if (this.#button) this.#takeFiles();
    if (this.#grid.items.length) this.#catchUp();
    this.#lookAtRuns();
    this.#offerTypes();
    this.#warnWithoutProvider();
  }

  /** "Back" has led to other filters. */
  addressChanged() {
    this.#filters.values = filtersOf(pageQuery());
    this.#grid.restore();
  }

  // ---- the list ----

  #page(cursor, signal) {
    return api.get("/assets", { query: { ...apiQuery(this.#filters.values), pageSize: PAGE, cursor }, signal });
  }

  /** What stands for a picture has no words: it would be drawn anew when they change. */
  #picture({ id, altText, description }) {
    const preview = this.#arrivals?.addressOf(id) ?? null;
    return preview ? { src: preview, alt: "" } : { src: thumbnailAddress(id), alt: altText ?? description ?? "" };
  }

  #filtered({ values, isTyped }) {
    keepQuery(values, { push: !isTyped });
    this.#grid.reset();
  }

  #counted() {
    const { total, totalIsCapped } = this.#grid;
    this.#total.textContent = total || isNarrowed(this.#filters.values) ? words.total(total, totalIsCapped) : "";
    this.#bar?.show();
  }

  #empty() {
    if (isNarrowed(this.#filters.values)) {
      const clear = button(words.clearFilters, { icon: "close", onclick: () => this.#filters.clear() });
      return emptyNote("search", words.nothingTitle, words.nothingHint, clear);
    }
    if (!this.#button) return emptyNote("pictures", words.emptyTitle, words.emptyReadOnly);
    const choose = button(texts.uploads.choose, { icon: "upload", look: "main", onclick: () => this.#button.choose() });
    return h("div", { class: "drop-here" }, emptyNote("upload", words.emptyTitle, words.emptyHint, choose));
  }

  // ---- what goes on ----

  async #lookAtRuns() {
    // If the hub does not answer, the list says so.
    const asked = api.get("/executions", { query: { pageSize: NEWEST }, signal: this.signal });
    const { items } = await asked.catch(() => ({ items: [] }));
    if (items.some((each) => !SILENT.has(each.status))) (await this.#followed()).begin(items);
  }

  async #followed() {
    const { Live } = await import("../core/live.js");
    if (this.#live) return this.#live;
    this.#live = new Live(this.signal);
    this.#live.addEventListener("states", ({ detail }) => this.#redraw(detail));
    this.#live.addEventListener("items", ({ detail }) => detail.forEach((item) => this.#grid.update(item)));
    return this.#live;
  }

  #redraw(ids) {
    const changed = new Set(ids);
    for (const item of this.#grid.items) if (changed.has(item.id)) this.#grid.update(item);
  }

  #takeFiles() {
    const { signal } = this;
    // Before the shell leads to this page with them.
    const take = (event) => (event.stopPropagation(), this.#upload(event.detail));
    document.addEventListener("files", take, { signal, capture: true });
    // What a drop needs comes while it is being dragged.
    window.addEventListener("dragenter", () => import("../core/arrivals.js"), { signal, once: true });
    // Uploads that another visit to this page has begun may go on.
    if (document.querySelector("upload-panel")) this.#upload([]);
  }

  async #upload(files) {
    const following = this.#followed();
    const { Arrivals } = await import("../core/arrivals.js");
    const live = await following;
    if (this.signal.aborted) return;
    const isShown = (asset) => showsFirst(asset, this.#filters.values);
    this.#arrivals ??= new Arrivals(this.#grid, live, isShown, this.signal);
    await this.#arrivals.add(files);
  }

  /** What was shown a moment ago may have changed meanwhile. */
  #catchUp() {
    const first = this.#grid.items[0].createdAtUtc;
    return unlessAborted(async () => {
      const { items } = await api.get("/assets", { query: { pageSize: NEWEST }, signal: this.signal });
      const isNew = (item) => item.createdAtUtc > first && showsFirst(item, this.#filters.values);
      this.#grid.prepend(items.filter(isNew));
      for (const item of items) this.#grid.update(item);
    }).catch(failed);
  }

  // ---- the selection, and keys ----

  async #selected() {
    if (!this.#bar && this.#grid.selected.size) await this.#makeBar();
    const { selected, total, totalIsCapped } = this.#grid;
    const isSelecting = selected.size > 0;
    this.#said.textContent = words.selected(selected.size, total, totalIsCapped);
    // What had the focus may be hidden now.
    const hadFocus = (isSelecting ? this.#filters : this.#bar)?.contains(document.activeElement);
    this.#filters.inert = isSelecting;
    this.#bar?.show();
    if (hadFocus) this.#grid.focus({ preventScroll: true });
  }

  async #makeBar() {
    const [live] = await Promise.all([this.#followed(), import("../elements/selection-bar.js")]);
    if (this.#bar) return;
    this.#bar = h("selection-bar", { ".grid": this.#grid, ".live": live });
    this.#bars.append(this.#bar);
  }

  #selectAll() {
    this.#grid.select(this.#grid.items.map((item) => item.id));
  }

  #help() {
    return button(words.keys, {
      icon: "keyboard",
      look: "icon",
      "aria-keyshortcuts": "?",
      onclick: showKeys,
    });
  }

  #pressed(event) {
    const does = {
      "/": () => (this.#grid.clearSelection(), this.#filters.find()),
      "?": showKeys,
      "mod a": this.#grid.isSelectable && (() => this.#selectAll()),
      Escape: () => this.#grid.clearSelection(),
      Delete: session.can("assets.delete") && (() => this.#bar?.delete()),
    }[keyOf(event)];
    if (!does) return;
    event.preventDefault();
    does();
  }

  // ---- what it takes ----

  /** Without an answer there is no choice, which is no loss that has to be told. */
  async #offerTypes() {
    const { allowedContentTypes = [] } = await limits().catch(() => ({}));
    this.#filters.types = allowedContentTypes;
  }

  async #warnWithoutProvider() {
    if (!session.can("aiProviders.read")) return;
    const { signal } = this;
    const active = await unlessAborted(() => api.get("/system/ai/providers/active", { signal })).catch(() => undefined);
    if (active !== null) return;
    fill(
      this.#banner,
      icon("alert"),
      h("p", {}, words.noProvider),
      h("a", { href: pageAddress("/ai-providers") }, words.toProviders),
    );
    this.#banner.hidden = false;
  }
}

/** The key that was pressed, "mod a" with Ctrl or ⌘; "" if it is not for the page. */
function keyOf(event) {
  const isElsewhere = event.target.closest?.(TYPED_INTO) || document.querySelector(ABOVE);
  if (isElsewhere || event.defaultPrevented || event.altKey) return "";
  return event.ctrlKey || event.metaKey ? `mod ${event.key.toLowerCase()}` : event.key;
}

async function showKeys() {
  const { showShortcuts } = await import("../core/shortcuts.js");
  showShortcuts();
}

customElements.define("assets-page", AssetsPage);
