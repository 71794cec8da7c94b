/** Which pictures of a grid are selected. */

/** Ids, and the one from which Shift selects a range. */
export class PhotoSelection {
  ids = new Set();
  #anchor = null;

  /** Selects these too; whether that changed something. */
  add(ids) {
    const before = this.ids.size;
    for (const id of ids) this.ids.add(id);
    return this.ids.size > before;
  }

  /** Selects these no more; whether that changed something. */
  remove(ids) {
    const before = this.ids.size;
    for (const id of ids) this.ids.delete(id);
    return this.ids.size < before;
  }

  /** Selects one that is not, and the other way round. */
  toggle(id) {
    this.#anchor = id;
    if (!this.ids.delete(id)) this.ids.add(id);
  }

  /** Selects all of a feed from the one that was toggled last to this one. */
  extend(feed, id) {
    if (feed.indexOf(this.#anchor) < 0) this.#anchor = id;
    const from = feed.indexOf(this.#anchor);
    const to = feed.indexOf(id);
    const [first, last] = from < to ? [from, to] : [to, from];
    this.add(feed.items.slice(first, last + 1).map((item) => item.id));
  }
}
