/** Uploads that arrive in a grid while somebody looks at it. */

import "../elements/upload-panel.js";
import { h } from "./dom.js";
import { NO_SKILL, uploadOptions } from "./upload-options.js";
import { Previews } from "./previews.js";
import { uploads } from "./uploads.js";

/** Pictures that are stored within this time are put into the grid at once. */
const TOGETHER_MS = 40;

/**
 * Puts pictures that are uploaded before all others of a grid, and follows what runs on them, until
 * `signal` is aborted. `isShown` says of an asset whether the grid shows it, and shows it first.
 */
export class Arrivals {
  #grid;
  #live;
  #isShown;
  #signal;
  #previews = new Previews();
  #stored = [];

  constructor(grid, live, isShown, signal) {
    this.#grid = grid;
    this.#live = live;
    this.#isShown = isShown;
    this.#signal = signal;
    uploads.addEventListener("stored", ({ detail }) => this.#arrived(detail), { signal });
    uploads.addEventListener("updated", ({ detail }) => grid.update(detail), { signal });
    live.addEventListener("idle", () => this.#settle(), { signal });
    signal.addEventListener("abort", () => this.#previews.clear());
    // The panel stays when the page is left, and uploads go on.
    const shell = document.querySelector("app-shell");
    if (!shell.querySelector("upload-panel")) shell.append(h("upload-panel"));
  }

  /** Uploads files, as the options say. */
  add(files) {
    return uploads.add(files, uploadOptions());
  }

  /** Where a picture of this computer stands for an asset; null if none does. */
  addressOf(assetId) {
    return this.#previews.addressOf(assetId);
  }

  #arrived(upload) {
    this.#stored.push(upload);
    if (this.#stored.length === 1) setTimeout(() => this.#place(this.#stored.splice(0)), TOGETHER_MS);
  }

  #place(stored) {
    if (this.#signal.aborted) return;
    const running = stored.filter(({ options }) => options.skill !== NO_SKILL);
    this.#live.follow(running.map(({ asset }) => ({ assetId: asset.id, executionId: null })));
    const shown = stored.filter(({ asset }) => this.#isShown(asset));
    for (const { asset, file } of shown) this.#previews.add(asset.id, file);
    // Ids are in the order of time.
    this.#grid.prepend(shown.map(({ asset }) => asset).sort((one, other) => (one.id < other.id ? 1 : -1)));
    if (!this.#live.isBusy) this.#settle();
  }

  /** Thumbnails are made when they are first asked for: after the captions, which people wait for. */
  #settle() {
    if (uploads.isBusy) return;
    const ready = (id) => {
      const item = this.#grid.items.find((each) => each.id === id);
      if (item) this.#grid.update(item);
    };
    this.#previews.settle(ready, this.#signal);
  }
}
