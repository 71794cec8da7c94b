import { api } from "../core/api.js";
import { Component, unlessAborted } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { listed } from "../core/neighbours.js";
import { errorNote, loadingNote, messageNote } from "../core/notes.js";
import { removeRemembered, updateRemembered } from "../core/photo-feed.js";
import { button, icon } from "../core/pieces.js";
import { session } from "../core/session.js";
import { failed } from "../core/toast.js";
import { backToList, leaveToList, listAddress } from "../core/whence.js";
import { texts } from "../texts.js";
import "../elements/asset-facts.js";
import "../elements/asset-texts.js";
import "../elements/derivative-list.js";
import "../elements/picture-view.js";
import "../elements/result-list.js";

const SLOW_MS = 150;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One picture with all that is known of it. */
class AssetPage extends Component {
  params = {};
  #asset = null;
  #reading = null;
  #next = null;
  #isChoosing = false;
  #head = h("h1", { dir: "auto" });
  #picture = h("picture-view");
  #texts = h("asset-texts", { class: "card" });
  #results = h("result-list", { class: "card" });
  #derivatives = h("derivative-list", { class: "card" });
  #facts = h("asset-facts", { class: "card" });
  #history = null;
  #runs = h("div", { class: "live" });
  #run = button(texts.asset.run, { look: "main", icon: "play", onclick: () => this.#chooseRun() });

  start() {
    const { signal } = this;
    this.addEventListener("runsfound", ({ detail }) => this.#watchAll(detail), { signal });
    this.addEventListener("runchanged", ({ target, detail }) => this.#ran(target, detail), { signal });
    this.addEventListener("rungone", () => this.#gone(), { signal });
    this.addEventListener("runagain", ({ detail }) => this.#runAgain(detail), { signal });
    this.addEventListener("runclosed", ({ target }) => this.#closed(target), { signal });
    document.addEventListener("visibilitychange", () => this.#returned(), { signal });
    this.#load();
  }

  async #load() {
    if (!ID.test(this.params.id)) return this.#missing(texts.asset.missing.title, texts.asset.missing.text);
    const wait = setTimeout(() => fill(this, loadingNote()), SLOW_MS);
    try {
      const asset = await unlessAborted(() => this.#get());
      if (asset) this.#draw(asset);
    } catch (error) {
      if (error.status === 404) this.#missing(texts.asset.missing.title, texts.asset.missing.text);
      else fill(this, errorNote(error, () => this.#load()));
    } finally {
      clearTimeout(wait);
    }
  }

  #get() {
    return api.get(`/assets/${this.params.id}`, { signal: this.signal });
  }

  #draw(asset) {
    const mayEdit = session.can("assets.update");
    const read = () => this.#taken(this.#get());
    Object.assign(this.#texts, { mayEdit, read, save: (given) => this.#save(given) });
    this.#show(asset);
    const words = h("div", { class: "panels" }, this.#runs, this.#texts, this.#results);
    const files = h("div", { class: "panels files" }, this.#derivatives, this.#facts);
    fill(this, this.#pageHead(mayEdit), h("div", { class: "columns" }, this.#picture, words, files));
    const latest = asset.latestExecutionSummary;
    if (latest?.completedAtUtc === null) this.#watchAll([latest]);
    this.#drawHistory(files).catch(failed);
    import("../elements/picture-pager.js").catch(failed);
  }

  /** It stands below all else, and comes after it. */
  async #drawHistory(panels) {
    await import("../elements/run-history.js");
    const given = { assetId: this.params.id, mayRun: session.can("assets.update") };
    this.#history = Object.assign(h("run-history", { class: "card" }), given);
    panels.append(this.#history);
  }

  #pageHead(mayEdit) {
    const back = { href: listAddress(), onclick: backToList, title: texts.asset.back, "aria-label": texts.asset.back };
    const mayDelete = session.can("assets.delete");
    return h(
      "div",
      { class: "page-head" },
      h("a", { class: "button icon", ...back }, icon("back")),
      this.#head,
      h("picture-pager", { "asset-id": this.#asset.id }),
      h(
        "div",
        { class: "actions" },
        mayEdit && this.#run,
        mayDelete && button(texts.common.delete, { icon: "delete", onclick: () => this.#delete() }),
      ),
    );
  }

  /** Has every part show the asset as it is now. */
  #show(asset) {
    this.#asset = asset;
    this.#head.textContent = asset.originalFileName;
    document.title = texts.asset.title(asset.originalFileName);
    const parts = [this.#picture, this.#texts, this.#results, this.#derivatives, this.#facts];
    for (const each of parts) each.asset = asset;
    const item = listed(asset);
    if (item) updateRemembered(item);
  }

  /** Reads the asset again, when what is being read has come, and gives it; null if there is none any more. */
  #refresh() {
    this.#next ??= Promise.resolve(this.#reading).then(() => {
      this.#reading = this.#next;
      this.#next = null;
      return this.#readAgain();
    });
    return this.#next;
  }

  async #readAgain() {
    try {
      const asset = await this.#get();
      // What was saved meanwhile is not taken back by an answer that was given before.
      const isOld = this.#asset === null || Date.parse(asset.updatedAtUtc) < Date.parse(this.#asset.updatedAtUtc);
      if (!isOld) this.#show(asset);
    } catch (error) {
      if (error.status === 404) this.#gone();
      else failed(error);
    }
    return this.#asset;
  }

  #save(given) {
    return this.#taken(api.patch(`/assets/${this.#asset.id}`, { body: given, signal: this.signal }));
  }

  /** Shows and gives the asset that a request brings. */
  async #taken(request) {
    try {
      this.#show(await request);
      return this.#asset;
    } catch (error) {
      if (error.code === "asset_not_found") this.#gone();
      throw error;
    }
  }

  #watchAll(executions) {
    for (const { executionId } of executions) this.#watch(executionId).catch(failed);
  }

  /** Shows a run as it goes on, and gives its element; null if it is shown already. */
  async #watch(executionId) {
    await import("../elements/live-run.js");
    const isShown = [...this.#runs.children].some((each) => each.executionId === executionId);
    if (isShown || this.#asset === null) return null;
    const run = Object.assign(h("live-run", { class: "card" }), { executionId, mayRun: session.can("assets.update") });
    run.before = this.#asset;
    this.#runs.prepend(run);
    return run;
  }

  async #ran(run, execution) {
    const asset = await this.#refresh();
    if (asset === null || execution.completedAtUtc === null) return;
    const { changes } = await import("../core/asset-changes.js");
    run.changes = changes(run.before, asset);
    this.#history?.refresh();
  }

  async #chooseRun() {
    if (this.#isChoosing) return;
    this.#isChoosing = true;
    try {
      const { chooseRun } = await import("../elements/run-panel.js");
      const { runnable, startRun } = await import("../core/runs.js");
      const options = await runnable({ signal: this.signal });
      const id = await chooseRun(texts.asset.runTitle, options, (choice) => startRun(this.#asset.id, choice));
      if (id !== null) await this.#started(id);
    } catch (error) {
      failed(error);
    } finally {
      this.#isChoosing = false;
    }
  }

  async #runAgain(execution) {
    try {
      const { again } = await import("../core/runs.js");
      await this.#started(await again(execution));
    } catch (error) {
      failed(error);
    }
  }

  async #started(executionId) {
    (await this.#watch(executionId))?.scrollIntoView({ block: "nearest" });
  }

  #closed(run) {
    run.remove();
    this.#run.focus();
  }

  /** Somebody else may have changed it while nobody looked. */
  async #returned() {
    if (document.hidden || this.#asset === null) return;
    await this.#refresh();
    this.#history?.refresh();
  }

  async #delete() {
    try {
      const { deleteAll } = await import("../core/deleting.js");
      const gone = await deleteAll([this.#asset.id]);
      if (gone.length === 0) return;
      removeRemembered(gone);
      leaveToList();
    } catch (error) {
      failed(error);
    }
  }

  #gone() {
    if (this.#asset) removeRemembered([this.#asset.id]);
    this.#asset = null;
    this.#missing(texts.asset.gone.title, texts.asset.gone.text);
  }

  #missing(title, text) {
    document.title = texts.asset.title(title);
    const note = messageNote(title, text);
    note.setAttribute("role", "alert");
    note.append(h("a", { class: "button main", href: listAddress(), onclick: backToList }, texts.asset.toList));
    fill(this, note);
    note.querySelector("a").focus();
  }
}

customElements.define("asset-page", AssetPage);
