import { api } from "../core/api.js";
import { pageQuery } from "../core/address.js";
import { Component, unlessAborted } from "../core/component.js";
import { confirm } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { Looking } from "../core/looking.js";
import { emptyNote, errorNote, loadingNote } from "../core/notes.js";
import { button, pageHead } from "../core/pieces.js";
import { keepQuery } from "../core/router.js";
import { again, cancelled } from "../core/runs.js";
import { session } from "../core/session.js";
import { failed } from "../core/toast.js";
import { isOver, watch } from "../core/watch.js";
import { texts } from "../texts.js";
import { STATUSES } from "../elements/run-filters.js";
import "../elements/retry-all.js";
import "../elements/run-list.js";
import "../elements/run-summary.js";
import "../elements/step-list.js";

const words = texts.executions;
const PAGE_SIZE = 30;
const LOOK_MS = 2_000;
const TICK_MS = 30_000;
const PATIENCE_MS = 150;
/** Of what may have ended since it was read, so many are asked about at a time. */
const ASKED = 5;

/** What runs, and what ran: live, with the reasons of what failed. */
class ExecutionsPage extends Component {
  #summary = h("run-summary");
  #filters = h("run-filters");
  #retryAll = h("retry-all");
  #list = h("run-list");
  #place = h("div", { class: "place" });
  #more = button(texts.common.more, { look: "quiet", onclick: () => this.#loadMore() });
  #said = h("p", { class: "unseen", role: "status" });
  #cursor = null;
  #turn = new AbortController();
  #watched = null;
  #looking = null;
  #ticks = 0;
  #starting = new Set();
  #isLoadingMore = false;
  #seen = new IntersectionObserver((entries) => entries.some((each) => each.isIntersecting) && this.#loadMore(), {
    rootMargin: "600px",
  });

  start() {
    const refresh = button(words.refresh, { icon: "retry", look: "icon", onclick: () => this.#looking.now() });
    fill(
      this,
      pageHead(texts.places.executions, session.can("assets.update") && this.#retryAll, refresh),
      this.#summary,
      this.#filters,
      this.#said,
      this.#place,
    );
    const { signal } = this;
    const on = (name, heard) => this.addEventListener(name, heard, { signal });
    on("skill", ({ detail }) => this.#filter({ skill: detail }));
    on("again", ({ target }) => this.#again(target));
    on("cancel", ({ target }) => this.#cancel(target));
    on("opened", ({ target }) => this.#watch(target));
    on("closed", ({ target }) => target === this.#watched?.row && this.#watched.stop());
    on("started", ({ detail }) => this.#started(detail).catch(failed));
    on("ended", ({ target }) => this.#ended(target));
    on("leave", () => this.querySelector("h1").focus());
    this.querySelector("h1").tabIndex = -1;
    this.#looking = new Looking(() => this.#look(), LOOK_MS, signal);
    this.#ticks = setInterval(() => this.#list.rows.forEach((row) => row.tick()), TICK_MS);
    this.#seen.observe(this.#more);
    this.#load();
  }

  stop() {
    clearInterval(this.#ticks);
    this.#seen.disconnect();
    this.#turn.abort();
    this.#watched?.stop();
  }

  addressChanged() {
    this.#load();
  }

  get #query() {
    const { status = "", skill = "", assetId = "" } = pageQuery();
    return { status: STATUSES.includes(status) ? status : "", skill, assetId };
  }

  #filter(changes) {
    keepQuery(changes, { push: true });
    this.#load();
  }

  /** Reads the first page of what the address says. */
  async #load() {
    this.#turn.abort();
    this.#turn = new AbortController();
    const { signal } = this.#turn;
    const query = this.#query;
    this.#filters.query = query;
    const wait = setTimeout(() => fill(this.#place, loadingNote()), PATIENCE_MS);
    try {
      const [page, running] = await Promise.all([this.#page(signal), this.#running(signal)]);
      this.#list.clear(query.status);
      fill(this.#place, this.#list, h("p", { class: "end" }, this.#more));
      this.#cursor = page.nextCursor;
      this.#list.merge([...running, ...page.items]);
      this.#drawn();
    } catch (error) {
      if (error.name !== "AbortError") fill(this.#place, errorNote(error, () => this.#load()));
      return;
    } finally {
      clearTimeout(wait);
    }
    this.#looking.now(async () => (await this.#summary.look().catch(() => true)) || this.#isOpen);
  }

  #page(signal, cursor = null) {
    return api.get("/executions", { query: { ...this.#query, pageSize: PAGE_SIZE, cursor }, signal });
  }

  /** What runs now, if that is wanted: in a long queue it is not among the newest. */
  async #running(signal) {
    if (this.#query.status !== "") return [];
    return (await api.get("/executions", { query: { ...this.#query, status: "running", pageSize: 50 }, signal })).items;
  }

  async #loadMore() {
    if (this.#cursor === null || this.#isLoadingMore) return;
    this.#isLoadingMore = true;
    try {
      const page = await this.#page(this.#turn.signal, this.#cursor);
      this.#cursor = page.nextCursor;
      this.#list.merge(page.items);
      this.#drawn();
      // It is told of only when it comes into view, not while it stays there.
      this.#seen.unobserve(this.#more);
      this.#seen.observe(this.#more);
    } catch (error) {
      failed(error);
    } finally {
      this.#isLoadingMore = false;
    }
  }

  /** Looks again at what may have changed, and says whether anything goes on. */
  async #look() {
    if (!this.#list.isConnected) return false;
    const { signal } = this.#turn;
    try {
      const [page, running, goesOn] = await Promise.all([
        this.#page(signal),
        this.#running(signal),
        this.#summary.look(),
      ]);
      if (signal.aborted) return true;
      if (this.#list.isApart(page)) return this.#load().then(() => true);
      const found = [...running, ...page.items];
      this.#list.merge(found);
      const unsure = this.#list.openBut(found).slice(0, ASKED);
      await Promise.all(unsure.map(({ executionId }) => this.#ask(executionId, signal)));
      this.#drawn();
      return goesOn || this.#isOpen;
    } catch (error) {
      // What is shown stays; whether there is a connection, the shell says.
      return error.name === "AbortError" || !(error.status >= 400 && error.status < 500);
    }
  }

  /** Whether something is shown that had not ended when it was read: it may have, before the counts were. */
  get #isOpen() {
    return this.#list.openBut().length > 0;
  }

  async #ask(executionId, signal) {
    try {
      this.#list.merge([await api.get(`/executions/${executionId}`, { signal })]);
    } catch (error) {
      if (error.status !== 404) throw error;
      this.#list.drop(executionId);
    }
  }

  #drawn() {
    this.#more.hidden = this.#cursor === null;
    const { rows } = this.#list;
    const isFresh = (row) => row.execution.status === "failed" && !row.dataset.again;
    this.#retryAll.offer(rows.filter(isFresh).map((row) => row.execution));
    const note = this.#place.querySelector(".note");
    if (rows.length > 0) note?.remove();
    else if (!note) this.#place.prepend(this.#emptyNote());
  }

  #emptyNote() {
    const { status, skill, assetId } = this.#query;
    if (!status && !skill && !assetId) return emptyNote("runs", words.empty.title, words.empty.text);
    const showAll = button(words.all, { onclick: () => this.#filter({ status: "", skill: "", assetId: "" }) });
    return emptyNote("filter", words.noneTitle, words.none, showAll);
  }

  async #again({ execution }) {
    if (this.#starting.has(execution)) return;
    this.#starting.add(execution);
    try {
      await this.#started({ execution, executionId: await again(execution) });
    } catch (error) {
      failed(error);
    } finally {
      this.#starting.delete(execution);
    }
  }

  /** Shows what was started here above, and follows it to its end. */
  async #started({ execution, executionId }) {
    const row = this.#list.row(execution.executionId);
    if (row) {
      row.dataset.again = executionId;
      row.say(words.startedAgain);
    }
    const { signal } = this.#turn;
    await unlessAborted(async () => this.#list.follow(await api.get(`/executions/${executionId}`, { signal })));
    this.#said.textContent = words.saidStarted(execution.skillName);
    this.#drawn();
    this.#looking.now();
  }

  /** Says how one has ended that somebody waits for. */
  #ended(row) {
    const { skillName, status, executionId } = row.execution;
    const isAwaited = row.isInUse || this.#list.isFollowed(executionId);
    if (isAwaited) this.#said.textContent = words.saidEnded(skillName, texts.steps[status]);
  }

  async #cancel(row) {
    const { skillName, executionId } = row.execution;
    const content = h("p", {}, words.cancelHint);
    const title = words.cancelTitle(skillName);
    if (!(await confirm({ title, content, action: words.cancel, isDangerous: true }))) return;
    try {
      this.#list.merge([await cancelled(executionId)]);
    } catch (error) {
      failed(error);
    }
    row.focus();
    this.#looking.now();
  }

  /** Follows one by its events: each takes a connection, of which a browser has six. */
  #watch(row) {
    this.#watched?.stop();
    if (isOver(row.execution)) return;
    const controller = new AbortController();
    const stop = () => (controller.abort(), (this.#watched = null));
    this.#watched = { row, stop };
    watch(row.execution.executionId, (now) => this.#list.merge([now]), controller.signal).catch(failed);
  }
}

customElements.define("executions-page", ExecutionsPage);
