import { pageAddress, pageQuery } from "../core/address.js";
import { api } from "../core/api.js";
import { assetCaption } from "../core/asset-caption.js";
import { apiQuery, filtersOf, isNarrowed, showsFirst } from "../core/asset-query.js";
import { Component, unlessAborted } from "../core/component.js";
import { deleteAll } from "../core/deleting.js";
import { fill, h } from "../core/dom.js";
import { keysOf, showShortcuts } from "../core/shortcuts.js";
import { Live } from "../core/live.js";
import { emptyNote } from "../core/notes.js";
import { button, icon } from "../core/pieces.js";
import { Previews } from "../core/previews.js";
import { changePublic } from "../core/publishing.js";
import { keepQuery } from "../core/router.js";
import { runOn } from "../core/running.js";
import { session } from "../core/session.js";
import { failed } from "../core/toast.js";
import { NO_SKILL, uploadOptions } from "../core/upload-options.js";
import { limits, uploads } from "../core/uploads.js";
import { texts } from "../texts.js";
import "../elements/asset-filters.js";
import "../elements/drop-layer.js";
import "../elements/photo-grid.js";
import "../elements/selection-bar.js";
import "../elements/upload-button.js";
import "../elements/upload-panel.js";

const PAGE = 60;
const NEWEST = 100;
const words = texts.assets;

/** All pictures: found, uploaded, watched, and changed many at once. */
class AssetsPage extends Component {
  #previews = new Previews();
  #live = null;
  #isActing = false;
  #total = h("p", { class: "total", role: "status" });
  #banner = h("div", { class: "banner", hidden: true });
  #filters = h("asset-filters", { onfilters: ({ detail }) => this.#filtered(detail) });
  #bar = h("selection-bar", {
    onselectall: () => this.#selectAll(),
    onclearselection: () => this.#clearSelection(),
    onrun: () => this.#run(),
    onpublish: ({ detail }) => this.#publish(detail),
    ondelete: () => this.#delete(),
  });
  #button = session.can("assets.create") ? h("upload-button") : null;
  #grid = h("photo-grid", {
    ".layout": "cards",
    ".isSelectable": session.can("assets.update") || session.can("assets.delete"),
    ".source": (cursor, signal) => this.#page(cursor, signal),
    ".picture": (item) => this.#previews.pictureOf(item),
    ".address": (item) => pageAddress(`/assets/${item.id}`),
    ".tile": (item) => assetCaption(item, this.#live.stateOf(item.id)),
    ".empty": () => this.#empty(),
    onitems: () => this.#counted(),
    onselection: () => this.#selected(),
  });

  start() {
    this.#follow();
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
      h("div", { class: "bars" }, this.#filters, this.#bar),
      this.#grid,
      this.#button && h("drop-layer"),
    );
    this.#selected();
    this.#listen();
    if (this.#grid.items.length) this.#catchUp();
    // If the hub does not answer, the list says so.
    this.#live.begin().catch(() => {});
    this.#typesCome();
    this.#warnWithoutProvider();
  }

  stop() {
    this.#previews.clear();
  }

  /** "Back" has led to other filters. */
  addressChanged() {
    this.#filters.values = filtersOf(pageQuery());
    this.#grid.restore();
  }

  #listen() {
    const { signal } = this;
    document.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    if (!this.#button) return;
    // The panel stays when the page is left, and uploads go on.
    const shell = document.querySelector("app-shell");
    if (!shell.querySelector("upload-panel")) shell.append(h("upload-panel"));
    this.addEventListener("files", ({ detail }) => uploads.add(detail, uploadOptions()), { signal });
    uploads.addEventListener("stored", ({ detail }) => this.#stored(detail), { signal });
    uploads.addEventListener("updated", ({ detail }) => this.#update([detail]), { signal });
  }

  // ---- the list ----

  #page(cursor, signal) {
    return api.get("/assets", { query: { ...apiQuery(this.#filters.values), pageSize: PAGE, cursor }, signal });
  }

  #filtered({ values, isTyped }) {
    keepQuery(values, { push: !isTyped });
    this.#grid.reset();
  }

  #counted() {
    const { total, totalIsCapped, items } = this.#grid;
    this.#total.textContent = total || isNarrowed(this.#filters.values) ? words.total(total, totalIsCapped) : "";
    this.#bar.show(this.#grid.selected.size, items.length);
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

  /** What was shown a moment ago may have gone on meanwhile. */
  #catchUp() {
    return unlessAborted(async () => {
      const { items } = await api.get("/assets", { query: { pageSize: NEWEST }, signal: this.signal });
      const first = this.#grid.items[0]?.createdAtUtc ?? "";
      this.#grid.prepend(
        items.filter((item) => item.createdAtUtc > first && showsFirst(item, this.#filters.values)),
      );
      this.#update(items);
    }).catch(failed);
  }

  // ---- uploads and runs ----

  #follow() {
    this.#live = new Live(this.signal);
    const { signal } = this;
    this.#live.addEventListener("states", ({ detail }) => this.#redraw(detail), { signal });
    this.#live.addEventListener("items", ({ detail }) => this.#update(detail), { signal });
    this.#live.addEventListener("idle", () => this.#settle(), { signal });
  }

  #stored({ asset, file, options }) {
    if (options.skill !== NO_SKILL) this.#live.follow([{ assetId: asset.id, executionId: null }]);
    if (!showsFirst(asset, this.#filters.values)) return;
    this.#previews.add(asset.id, file);
    this.#grid.prepend([asset]);
    if (!this.#live.isBusy && !uploads.isBusy) this.#settle();
  }

  /** Thumbnails are made when they are first asked for: after the captions, which people wait for. */
  #settle() {
    if (!uploads.isBusy) this.#previews.settle((id) => this.#redraw([id]), this.signal);
  }

  #redraw(ids) {
    const changed = new Set(ids);
    for (const item of this.#grid.items) if (changed.has(item.id)) this.#grid.update(item);
  }

  #update(items) {
    for (const item of items) this.#grid.update(item);
  }

  // ---- the selection ----

  get #chosen() {
    const { selected, items } = this.#grid;
    return items.filter((item) => selected.has(item.id));
  }

  #selected() {
    const { selected, items } = this.#grid;
    const isSelecting = selected.size > 0;
    // What had the focus may be hidden now.
    const hadFocus = (isSelecting ? this.#filters : this.#bar).contains(document.activeElement);
    this.#filters.inert = isSelecting;
    this.#bar.inert = !isSelecting;
    this.#bar.show(selected.size, items.length);
    if (hadFocus) this.#grid.focus({ preventScroll: true });
  }

  #selectAll() {
    this.#grid.select(this.#grid.items.map((item) => item.id));
  }

  #clearSelection() {
    this.#grid.clearSelection();
  }

  #delete() {
    return this.#act(async () => {
      const gone = await deleteAll([...this.#grid.selected]);
      this.#live.forget(gone);
      this.#grid.remove(gone);
    });
  }

  #publish(isPublic) {
    return this.#act(async () => {
      const { done, failed: refused } = await changePublic(this.#chosen, isPublic);
      this.#update(done.map(({ result }) => result));
      this.#keepSelected(done, refused);
    });
  }

  #run() {
    return this.#act(async () => {
      const { done, failed: refused } = await runOn(this.#chosen, this.signal);
      const runs = done.map(({ item, result }) => ({ assetId: item.id, executionId: result.executionId }));
      if (runs.length) this.#live.follow(runs);
      this.#keepSelected(done, refused);
    });
  }

  /** One thing at a time. */
  async #act(work) {
    if (this.#isActing || this.#grid.selected.size === 0) return;
    this.#isActing = true;
    try {
      await work();
    } catch (error) {
      failed(error);
    } finally {
      this.#isActing = false;
    }
  }

  /** What failed stays selected. */
  #keepSelected(done, refused) {
    if (done.length === 0 && refused.length === 0) return;
    this.#grid.clearSelection();
    this.#grid.select(refused.map(({ item }) => item.id));
  }

  // ---- keys ----

  #help() {
    return button(words.keys, { icon: "keyboard", look: "icon", class: "button icon help", onclick: () => showShortcuts() });
  }

  #pressed(event) {
    const pressed = keysOf(event);
    const does = {
      "/": () => (this.#clearSelection(), this.#filters.find()),
      "?": () => showShortcuts(),
      "mod a": () => this.#grid.isSelectable && this.#selectAll(),
      Escape: () => this.#clearSelection(),
      Delete: () => session.can("assets.delete") && this.#delete(),
    }[pressed];
    if (!does) return;
    event.preventDefault();
    does();
  }

  // ---- what it takes ----

  async #typesCome() {
    // Without them one cannot choose a type, which is told by nothing else.
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

customElements.define("assets-page", AssetsPage);
