/** Lists of pictures that are read page by page, and those that were shown a moment ago. */

import { session } from "./session.js";

const REMEMBERED = 8;

/** By the address at which they were shown, the latest one last. */
const shown = new Map();

/** A list as far as it was read. Items have an `id`. */
export class PhotoFeed {
  items = [];
  total = 0;
  totalIsCapped = false;
  pages = 0;
  /** Of the picture whose page was open last: who comes back finds it. */
  visited = null;
  #cursor = null;
  #places = new Map();

  /** `source` takes a cursor, null for the start, and a signal, and gives a page of the API. */
  constructor(source) {
    this.source = source;
  }

  /** Whether there are no more. */
  get isComplete() {
    return this.pages > 0 && this.#cursor === null;
  }

  /** Reads the next page. Throws what `source` throws. */
  async more(signal) {
    const { items, nextCursor, total, totalIsCapped } = await this.source(this.#cursor, signal);
    this.#cursor = nextCursor;
    this.pages += 1;
    this.total = total;
    this.totalIsCapped = totalIsCapped;
    for (const item of items) if (!this.#places.has(item.id)) this.#places.set(item.id, this.items.push(item) - 1);
  }

  /** Where an item is in the list; -1 if it is not. */
  indexOf(id) {
    return this.#places.get(id) ?? -1;
  }

  /** Puts new ones before all others. */
  prepend(items) {
    const added = items.filter((item) => !this.#places.has(item.id));
    this.#changed([...added, ...this.items]);
  }

  /** Puts an item in place of the one with its id; whether there was one. */
  update(item) {
    const index = this.indexOf(item.id);
    if (index >= 0) this.items[index] = item;
    return index >= 0;
  }

  /** Takes items out. */
  remove(ids) {
    const gone = new Set(ids);
    this.#changed(this.items.filter((item) => !gone.has(item.id)));
  }

  #changed(items) {
    this.total = Math.max(0, this.total + items.length - this.items.length);
    this.items = items;
    this.#places = new Map(items.map((item, index) => [item.id, index]));
  }
}

/** Remembers what is shown at an address, for when somebody comes back to it. */
export function remember(address, feed) {
  shown.delete(address);
  shown.set(address, feed);
  if (shown.size > REMEMBERED) shown.delete(shown.keys().next().value);
}

/** What was shown at an address, or null. */
export function remembered(address) {
  return shown.get(address) ?? null;
}

/** The list that was shown last at this path, with whatever query; null if there is none. */
export function lastShown(path) {
  return [...shown].findLast(([address]) => address.split("?")[0] === path)?.[1] ?? null;
}

/** Changes a picture in the lists that somebody may come back to. */
export function updateRemembered(item) {
  for (const feed of shown.values()) feed.update(item);
}

/** Takes pictures out of the lists that somebody may come back to. */
export function removeRemembered(ids) {
  for (const feed of shown.values()) feed.remove(ids);
}

// What one may see, the next one may not.
session.addEventListener("signedout", () => shown.clear());
