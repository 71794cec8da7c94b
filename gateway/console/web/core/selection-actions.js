/** What is done with the selected pictures of a grid. */

import { removeRemembered, updateRemembered } from "./photo-feed.js";
import { failed } from "./toast.js";

/** One thing at a time. Each asks what it has to, tells what came of it, and leaves selected what was not done. */
export class SelectionActions {
  #grid;
  #live;
  #signal;
  #isActing = false;

  constructor(grid, live, signal) {
    this.#grid = grid;
    this.#live = live;
    this.#signal = signal;
  }

  /** Deletes them. */
  delete() {
    return this.#act(async () => {
      const { deleteAll } = await import("./deleting.js");
      this.#remove(await deleteAll([...this.#grid.selected]));
    });
  }

  /** Makes them public, or private. */
  publish(isPublic) {
    return this.#act(async () => {
      const { changePublic } = await import("./publishing.js");
      const over = await changePublic(this.#chosen, isPublic);
      for (const { result } of over.done) {
        this.#grid.update(result);
        updateRemembered(result);
      }
      this.#keepSelected(over);
    });
  }

  /** Runs a skill or a workflow on them. */
  run() {
    return this.#act(async () => {
      const { runOn } = await import("./running.js");
      const over = await runOn(this.#chosen, this.#signal);
      this.#live.follow(over.done.map(({ item, result }) => ({ assetId: item.id, executionId: result })));
      this.#keepSelected(over);
    });
  }

  get #chosen() {
    const { selected, items } = this.#grid;
    return items.filter((item) => selected.has(item.id));
  }

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

  /** What somebody has deleted meanwhile goes; the rest of what was not done stays selected. */
  #keepSelected({ done, failed: refused, left }) {
    const isGone = ({ error }) => error.code === "asset_not_found";
    this.#remove(refused.filter(isGone).map(({ item }) => item.id));
    if (done.length === 0) return;
    this.#grid.clearSelection();
    const kept = refused.filter((each) => !isGone(each)).map(({ item }) => item);
    this.#grid.select([...kept, ...left].map((item) => item.id));
  }

  #remove(ids) {
    this.#live.forget(ids);
    this.#grid.remove(ids);
    removeRemembered(ids);
  }
}
