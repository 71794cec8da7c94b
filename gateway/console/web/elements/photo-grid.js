import { Component, unlessAborted } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { errorNote, loadingNote } from "../core/notes.js";
import { PhotoFeed, remember, remembered } from "../core/photo-feed.js";
import { PhotoSelection } from "../core/photo-selection.js";
import { keep, kept } from "../core/router.js";
import "./photo-list.js";

/** What an entry of the history keeps of the grid that it shows. */
const PLACE = "photo-grid";
const KEPT_AFTER_MS = 150;
const MOST_PAGES = 20;

/**
 * An endless list of pictures. What it asks is set before it comes onto the page. It tells "items"
 * when there are others, or another total, and "selection" when others are selected.
 */
class PhotoGrid extends Component {
  /** Gives a page of the API: `(cursor or null, signal) => {items, nextCursor, total, totalIsCapped}`. */
  source = null;
  /** `item => {src, srcset, sizes, alt}`; without `sizes` it is the width in the layout. */
  picture = null;
  /** `item => href`. */
  address = null;
  /** `item => Node`: what stands below the picture ("cards"), or over it when it is looked at ("rows"). */
  tile = () => null;
  /** `() => Node`: what stands in place of a list without pictures. */
  empty = () => null;
  /** Whether pictures have checkboxes. */
  isSelectable = false;

  #kind = "rows";
  #feed = new PhotoFeed(null);
  #selection = new PhotoSelection();
  #list = h("photo-list", { ".grid": this });
  #note = h("div", { class: "state" });
  /** Ends what is being loaded; null if nothing is. */
  #loading = null;
  /** The address at which the list is shown. */
  #where = "";
  #timer = 0;

  /** "cards" or "rows". */
  get layout() {
    return this.#kind;
  }

  set layout(kind) {
    this.#kind = kind;
    this.dataset.layout = kind;
    this.#list.arrange();
  }

  /** All that were loaded, in their order. */
  get items() {
    return this.#feed.items;
  }

  /** How many there are, loaded or not; if `totalIsCapped`, more than that. */
  get total() {
    return this.#feed.total;
  }

  /** Whether there are more than `total`. */
  get totalIsCapped() {
    return this.#feed.totalIsCapped;
  }

  /** The ids of the selected ones. */
  get selected() {
    return this.#selection.ids;
  }

  start() {
    const { signal } = this;
    this.dataset.layout = this.#kind;
    this.tabIndex = -1;
    fill(this, this.#list, this.#note);
    this.addEventListener("near", () => this.#more(), { signal });
    this.addEventListener("toggle", ({ detail }) => this.#toggle(detail), { signal });
    window.addEventListener("scroll", () => this.#keepSoon(), { signal, passive: true });
    window.addEventListener("pagehide", () => this.#keep(), { signal });
    // Before the click changes the address.
    document.addEventListener("click", () => this.#keep(), { signal, capture: true });
    this.restore();
  }

  stop() {
    clearTimeout(this.#timer);
  }

  /** Forgets all and loads from the start; what is shown stays until something else has come. */
  reset() {
    keep(PLACE, null);
    this.#load(null);
  }

  /** Comes back to what this entry of the history showed, if it has shown something. */
  restore() {
    const place = kept(PLACE);
    const feed = place && remembered(here());
    if (!feed) {
      this.#load(place);
      return;
    }
    this.#loading?.abort();
    this.#loading = null;
    this.#where = here();
    feed.source = this.source;
    this.#adopt(feed, place);
  }

  /** Puts new ones before all others; what is looked at stays where it is. */
  prepend(items) {
    this.#feed.prepend(items);
    this.#changed();
  }

  /** Shows an item in place of the one with its id. */
  update(item) {
    if (this.#feed.update(item)) this.#list.update(item);
  }

  /** Takes items out. If one of them had the focus, the next one gets it. */
  remove(ids) {
    const { hasFocus, current } = this.#list;
    const index = this.#feed.indexOf(current);
    this.#feed.remove(ids);
    const wasSelected = this.#selection.remove(ids);
    this.#changed();
    if (wasSelected) this.#selected();
    if (!hasFocus || this.#list.hasFocus) return;
    if (this.items.length) this.#list.goTo(Math.min(index, this.items.length - 1));
    else this.focus();
  }

  /** Selects these too. */
  select(ids) {
    if (this.#selection.add(ids)) this.#selected();
  }

  /** Selects none. */
  clearSelection() {
    if (this.#selection.remove([...this.selected])) this.#selected();
  }

  #toggle({ id, isRange }) {
    if (isRange) this.#selection.extend(this.#feed, id);
    else this.#selection.toggle(id);
    this.#selected();
  }

  #selected() {
    this.toggleAttribute("data-selecting", this.selected.size > 0);
    this.#list.mark();
    this.tell("selection");
  }

  /** Loads from the start, as far as a place that was kept. */
  #load(place) {
    const feed = new PhotoFeed(this.source);
    this.#where = here();
    this.ariaBusy = "true";
    if (!this.items.length) fill(this.#note, loadingNote());
    return this.#asked(
      async (signal) => {
        const pages = Math.min(place?.pages ?? 1, MOST_PAGES);
        while (feed.pages < pages && !feed.isComplete) await feed.more(signal);
        remember(this.#where, feed);
        this.#adopt(feed, place);
      },
      (error) => {
        this.#adopt(new PhotoFeed(this.source), null);
        this.#complain(error, () => this.#load(place));
      },
    );
  }

  /** Loads the next page. After a failure it waits until somebody presses the button. */
  #more() {
    const feed = this.#feed;
    if (this.#loading || feed.isComplete || feed.pages === 0 || this.#note.querySelector(".error")) return undefined;
    fill(this.#note, loadingNote());
    return this.#asked(
      async (signal) => {
        await feed.more(signal);
        this.#changed();
      },
      (error) => this.#complain(error, () => this.#more()),
    );
  }

  #complain(error, again) {
    const retry = () => {
      // The button goes, and with it the focus.
      this.focus({ preventScroll: true });
      fill(this.#note);
      again();
    };
    fill(this.#note, errorNote(error, retry));
  }

  /** Asks for something in place of what was being asked for. */
  async #asked(work, failed) {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    const over = () => this.#loading === loading && (this.#loading = null);
    await unlessAborted(async () => {
      try {
        await work(AbortSignal.any([loading.signal, this.signal]));
      } catch (error) {
        if (error.name === "AbortError") throw error;
        over();
        failed(error);
      }
    });
    over();
    // There may be room for more than one page.
    if (this.isConnected) this.#list.draw();
  }

  #adopt(feed, place) {
    const hadFocus = this.#list.hasFocus;
    const wasSelected = this.#selection.remove([...this.selected]);
    this.ariaBusy = null;
    this.#feed = feed;
    this.#list.show(feed);
    this.#changed();
    if (wasSelected) this.#selected();
    if (hadFocus && this.items.length) this.#list.goTo(0);
    // The page takes the focus after its elements have come.
    if (place) queueMicrotask(() => this.#comeBack(place));
    else if (this.getBoundingClientRect().top < 0) window.scrollTo(0, 0);
  }

  #changed() {
    const isEmpty = this.#feed.isComplete && !this.items.length;
    fill(this.#note, isEmpty && this.empty());
    this.#list.arrange();
    this.tell("items");
  }

  #comeBack({ looked, top, focused }) {
    if (looked) this.#list.lookAt(looked);
    else window.scrollTo(0, top);
    this.#list.draw();
    const index = this.#feed.indexOf(this.#feed.visited ?? focused);
    this.#feed.visited = null;
    if (index >= 0 && !document.activeElement.closest("input, button")) this.#list.goTo(index);
  }

  #keepSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), KEPT_AFTER_MS);
  }

  #keep() {
    if (here() !== this.#where || this.#feed.pages === 0) return;
    const { hasFocus, current } = this.#list;
    keep(PLACE, {
      looked: this.#list.looked(),
      top: window.scrollY,
      focused: hasFocus ? current : null,
      pages: this.#feed.pages,
    });
  }
}

function here() {
  return location.pathname + location.search;
}

customElements.define("photo-grid", PhotoGrid);
