/** Uploads that arrive in a grid while somebody looks at it. */

import "../elements/upload-panel.js";
import { h } from "./dom.js";
import { NO_SKILL, uploadOptions } from "./upload-options.js";
import { Previews } from "./previews.js";
import { uploads } from "./uploads.js";

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

  constructor(grid, live, isShown, signal) {
    this.#grid = grid;
    this.#live = live;
    this.#isShown = isShown;
    this.#signal = signal;
    uploads.addEventListener("stored", ({ detail }) => this.#stored(detail), { signal });
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

  #stored({ asset, file, options }) {
    if (options.skill !== NO_SKILL) this.#live.follow([{ assetId: asset.id, executionId: null }]);
    if (!this.#isShown(asset)) return;
    this.#previews.add(asset.id, file);
    this.#grid.prepend([asset]);
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
