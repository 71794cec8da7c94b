import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { isOver } from "../core/watch.js";
import { texts } from "../texts.js";
import "./run-row.js";

const words = texts.executions;

/**
 * Executions, newest first; above them what runs now. `merge` takes what is known, and moves nothing
 * that somebody is at. `filter` says which status belongs to the list, "" for all.
 */
class RunList extends Component {
  #filter = "";
  #rows = new Map();
  #followed = new Set();
  #now = h("ul", { class: "runs" });
  #rest = h("ul", { class: "runs" });
  #nowPart = h("section", {}, h("h2", {}, words.now), this.#now);
  #restTitle = h("h2");
  #restPart = h("section", {}, this.#restTitle, this.#rest);

  start() {
    fill(this, this.#nowPart, this.#restPart);
    // What was left where it was because somebody was at it may find its place now.
    const settle = () => setTimeout(() => this.isConnected && this.#settle());
    this.addEventListener("focusout", settle, { signal: this.signal });
    this.addEventListener("closed", settle, { signal: this.signal });
    this.#settle();
  }

  /** Forgets all, for another filter. */
  clear(filter) {
    this.#filter = filter;
    this.#rows.clear();
    this.#followed.clear();
    fill(this.#now);
    fill(this.#rest);
    this.#restTitle.textContent = words.headings[filter || "all"];
    this.#settle();
  }

  /** Takes executions as they are now; new ones find their places. */
  merge(executions) {
    for (const execution of executions) {
      const row = this.#rows.get(execution.executionId);
      if (row) row.show(execution);
      else this.#add(execution);
    }
    this.#settle();
  }

  /** Takes an execution that was started here: it stays above, also when it has ended. */
  follow(execution) {
    this.#followed.add(execution.executionId);
    this.merge([execution]);
  }

  /** Whether it was started here. */
  isFollowed(executionId) {
    return this.#followed.has(executionId);
  }

  /** Forgets an execution that there is no more. */
  drop(executionId) {
    this.#rows.get(executionId)?.parentElement.remove();
    this.#rows.delete(executionId);
    this.#settle();
  }

  /** All rows, in the order in which they are shown. */
  get rows() {
    return [...this.querySelectorAll("run-row")];
  }

  /** Those that had not ended when they were last heard of, but these; the oldest first. */
  openBut(executions = []) {
    const known = new Set(executions.map((each) => each.executionId));
    const open = [...this.#rows.values()].map((row) => row.execution).filter((each) => !isOver(each));
    const unknown = open.filter((each) => !known.has(each.executionId));
    return unknown.sort((one, other) => (one.executionId < other.executionId ? -1 : 1));
  }

  /** Whether between this first page and what is here something may be missing: too much is new. */
  isApart({ items, nextCursor }) {
    return nextCursor !== null && this.#rows.size > 0 && !items.some((each) => this.#rows.has(each.executionId));
  }

  /** The row of an execution; undefined if it is not here. */
  row(executionId) {
    return this.#rows.get(executionId);
  }

  #add(execution) {
    if (this.#place(execution) === null) return;
    const row = document.createElement("run-row");
    row.execution = execution;
    this.#rows.set(execution.executionId, row);
    h("li", {}, row);
  }

  #settle() {
    for (const row of this.#rows.values()) {
      const item = row.parentElement;
      const place = this.#place(row.execution);
      if (item.parentElement === place || (item.isConnected && row.isInUse)) continue;
      if (place === null) this.#forget(row);
      else put(item, place);
    }
    this.#nowPart.hidden = !this.#now.hasChildNodes();
    this.#restPart.hidden = !this.#rest.hasChildNodes();
  }

  #forget(row) {
    row.parentElement.remove();
    this.#rows.delete(row.execution.executionId);
  }

  /** The list that an execution belongs to; null if to none. */
  #place({ executionId, status }) {
    if (this.#followed.has(executionId)) return this.#now;
    if (status === "running" && (this.#filter === "" || this.#filter === "running")) return this.#now;
    return this.#filter === "" || this.#filter === status ? this.#rest : null;
  }
}

/** Puts an item where its id has its place: newer ones have greater ids. */
function put(item, list) {
  const id = item.firstChild.execution.executionId;
  const isOlder = (each) => each.firstChild.execution.executionId < id;
  // Mostly a page of older ones comes to the end.
  const next = list.lastChild && isOlder(list.lastChild) ? [...list.children].find(isOlder) : null;
  list.insertBefore(item, next);
}

customElements.define("run-list", RunList);
