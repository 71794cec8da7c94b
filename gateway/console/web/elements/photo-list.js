import { Component } from "../core/component.js";
import { PhotoLayout } from "../core/photo-layout.js";
import { texts } from "../texts.js";
import { PhotoTile } from "./photo-tile.js";

/** How far beyond the view pictures are drawn, and how far beyond it the end is near, in heights of the view. */
const DRAWN = 1;
const NEAR = 2;
/** How many new pictures are drawn in one frame, if the view has not more. */
const AT_ONCE = 24;
/** Whoever scrolls faster, in heights of the view a second, or did so a moment ago, looks at nothing. */
const FAST = 4;
const REST_MS = 100;

/**
 * The pictures of a `photo-grid`, of which the document holds those around the view, and the way from
 * one to another by keys. It tells "near" when its end is near, and "toggle" with `{id, isRange}`.
 */
class PhotoList extends Component {
  /** The `photo-grid`: how pictures are shown, and which are selected. */
  grid = null;
  /** Of the picture that had the focus last, or null. */
  current = null;
  #feed = null;
  #layout = new PhotoLayout("rows", 0, 0);
  /** The items that the layout is of. */
  #laid = [];
  #tiles = new Map();
  #width = 0;
  #frame = 0;
  /** When it was drawn last, and where in the view it began. */
  #drawn = { at: 0, top: 0 };
  /** When somebody was too fast last. */
  #passed = -REST_MS;
  #rest = 0;

  start() {
    const { signal } = this;
    const sized = new ResizeObserver(() => this.clientWidth !== this.#width && this.arrange());
    sized.observe(this);
    signal.addEventListener("abort", () => sized.disconnect());
    window.addEventListener("scroll", () => this.#soon(), { signal, passive: true });
    window.addEventListener("resize", () => this.#soon(), { signal });
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("focusin", (event) => this.#entered(event.target.closest("photo-tile")), { signal });
  }

  stop() {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.#frame = 0;
  }

  /** Whether the focus is in it. */
  get hasFocus() {
    return this.contains(document.activeElement);
  }

  /** Shows another list. */
  show(feed) {
    this.#feed = feed;
    this.current = null;
    this.#drop(() => true);
    this.arrange();
  }

  /** Lays out what has changed; what is looked at stays where it is. */
  arrange() {
    this.#width = this.clientWidth;
    if (this.#feed === null || this.#width === 0) return;
    const { layout: kind } = this.grid;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    // To a list that is read on, pictures are only added.
    const isLonger = this.#laid === this.#feed.items && this.#layout.isOf(kind, this.#width, rem);
    const looked = isLonger ? null : this.looked();
    this.#laid = this.#feed.items;
    if (!isLonger) this.#layout = new PhotoLayout(kind, this.#width, rem);
    this.#layout.extend(this.#laid);
    this.style.setProperty("height", `${this.#layout.height}px`);
    // Without items it is none.
    this.role = this.#laid.length ? "list" : null;
    this.ariaLabel = this.#laid.length ? texts.grid.pictures : null;
    if (looked) this.lookAt(looked);
    this.draw();
  }

  /** Draws what is around the view, and nothing else but what has the focus. */
  draw() {
    if (this.#feed === null) return;
    const { top } = this.getBoundingClientRect();
    const view = this.#layout.between(-top, innerHeight - top);
    const near = this.#layout.between(-top - DRAWN * innerHeight, (1 + DRAWN) * innerHeight - top);
    const focused = this.hasFocus ? this.#feed.indexOf(this.current) : -1;
    const isDrawn = (index) => isWithin(index, near) || (index >= 0 && index === focused);
    this.#drop((id) => !isDrawn(this.#feed.indexOf(id)));
    const isLater = this.#later(view);
    let next = this.firstChild;
    const put = (index) => (next = this.#put(index, next));
    if (isWithin(focused, [0, near[0]])) put(focused);
    for (let index = near[0]; index < near[1]; index++) if (!isLater(index)) put(index);
    if (focused >= near[1]) put(focused);
    this.#setStop(view[0]);
    this.#load(top);
    if ((1 + NEAR) * innerHeight - top > this.#layout.height) this.tell("near");
  }

  /** Asks for the pictures that are drawn, but for none that is only passed by on the way to others. */
  #load(top) {
    const at = performance.now();
    const heights = Math.abs(top - this.#drawn.top) / innerHeight;
    if (heights * 1000 > FAST * (at - this.#drawn.at)) this.#passed = at;
    this.#drawn = { at, top };
    clearTimeout(this.#rest);
    if (at < this.#passed + REST_MS) this.#rest = setTimeout(() => this.#soon(), REST_MS);
    else for (const tile of this.#tiles.values()) tile.load();
  }

  /** Which pictures are left for the next frame, so that none is late: never those in view. */
  #later(view) {
    const isNew = (index) => !this.#tiles.has(this.#laid[index].id);
    let room = AT_ONCE;
    for (let index = view[0]; index < view[1]; index++) if (isNew(index)) room -= 1;
    return (index) => {
      if (isWithin(index, view) || !isNew(index) || room-- > 0) return false;
      this.#soon();
      return true;
    };
  }

  /** Shows a picture as it is now. */
  update(item) {
    const tile = this.#tiles.get(item.id);
    tile?.show(item, this.grid);
    tile?.load();
  }

  /** Shows which are selected. */
  mark() {
    for (const [id, tile] of this.#tiles) tile.mark(this.grid.selected.has(id));
  }

  /** Gives a picture the focus, and has it in view. */
  goTo(index) {
    if (!this.#laid[index]) return;
    this.current = this.#laid[index].id;
    if (!this.#tiles.has(this.current)) this.#put(index, this.#after(index));
    const tile = this.#tiles.get(this.current);
    tile.scrollIntoView({ block: "nearest", behavior: "instant" });
    tile.link.focus({ preventScroll: true });
  }

  /** The picture at the top of the view and how far below that it is; null if the list begins in view. */
  looked() {
    const { top } = this.getBoundingClientRect();
    if (top >= 0 || this.#laid.length === 0) return null;
    const index = this.#layout.at(-top);
    return { id: this.#laid[index].id, offset: top + this.#layout.box(index).y };
  }

  /** Scrolls to where `looked` was. */
  lookAt({ id, offset }) {
    const index = this.#feed.indexOf(id);
    if (index < 0) return;
    const { top } = this.getBoundingClientRect();
    const distance = Math.round(top + this.#layout.box(index).y - offset);
    if (distance) window.scrollBy({ top: distance, behavior: "instant" });
    this.#drawn.top = top - distance;
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.draw();
    });
  }

  #drop(isGone) {
    for (const [id, tile] of this.#tiles) {
      if (!isGone(id)) continue;
      this.#tiles.delete(id);
      tile.leave();
    }
  }

  /** Puts the tile of an item before another one; gives the one after it. */
  #put(index, next) {
    const item = this.#laid[index];
    const tile = this.#tiles.get(item.id) ?? new PhotoTile();
    this.#place(tile, index);
    if (tile.item === null) {
      tile.show(item, this.grid);
      tile.mark(this.grid.selected.has(item.id));
      this.#tiles.set(item.id, tile);
    }
    if (tile === next) return next.nextSibling;
    this.insertBefore(tile, next);
    return next;
  }

  #place(tile, index) {
    tile.place(this.#layout, index, this.grid.totalIsCapped ? null : this.grid.total);
  }

  #after(index) {
    return [...this.children].find((tile) => tile.index > index) ?? null;
  }

  /** One picture is reached by Tab: the last one that had the focus, or another one. */
  #setStop(index) {
    const stop = this.#tiles.get(this.current) ?? this.#tiles.get(this.#laid[index]?.id);
    for (const tile of this.#tiles.values()) tile.stop(tile === stop);
  }

  #entered(tile) {
    this.current = tile.item.id;
    this.#setStop(tile.index);
  }

  #pressed(event) {
    const tile = event.target.closest("photo-tile");
    const isOfPage = event.target.closest(".caption");
    if (isOfPage || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && this.grid.isSelectable) {
      event.preventDefault();
      this.tell("toggle", { id: tile.item.id, isRange: event.shiftKey });
      return;
    }
    const index = this.#layout.beside(tile.index, event.key, innerHeight);
    if (index === null) return;
    event.preventDefault();
    this.goTo(index);
  }

  #clicked(event) {
    const tile = event.target.closest("photo-tile");
    const isTick = event.target.matches("input[type=checkbox]");
    const isRange = event.shiftKey && this.grid.isSelectable;
    if (!tile || event.target.closest(".caption") || !(isTick || (isRange && event.target.closest(".picture")))) return;
    if (!isTick) event.preventDefault();
    this.tell("toggle", { id: tile.item.id, isRange });
  }
}

function isWithin(index, [first, end]) {
  return index >= first && index < end;
}

customElements.define("photo-list", PhotoList);
