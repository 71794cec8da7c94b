/** What runs on pictures: looked at in lists, for all of them at once, while somebody waits for it. */

import { api } from "./api.js";
import { inTurn } from "./bulk.js";
import { pause, visible } from "./waiting.js";

const LEAST_PAGE = 20;
const PAGE = 100;
const MOST_PAGES = 10;
/** The wait between looks, by the time since something was begun: `[until, wait]`. */
const PACES = [
  [10_000, 200],
  [60_000, 500],
  [300_000, 1_000],
  [Infinity, 2_500],
];
/** What is not in the list after this time does not come any more. */
const GIVEN_UP_MS = 300_000;

/**
 * Follows the runs of pictures until `signal` is aborted. Told are "states", the ids of pictures
 * whose state is another, and "items", pictures as they are in lists after something was found out.
 */
export class Live extends EventTarget {
  #signal;
  #states = new Map();
  #waiting = new Map();
  #begun = 0;
  #isLooking = false;

  constructor(signal) {
    super();
    this.#signal = signal;
  }

  /** What a picture is at: `{state, reason}` with "queued", "running" or "failed"; null if nothing. */
  stateOf(assetId) {
    return this.#states.get(assetId) ?? null;
  }

  /** Whether something runs or waits. */
  get isBusy() {
    return this.#waiting.size > 0;
  }

  /** Takes over the newest executions: which of them go on, and which have failed. */
  begin(executions) {
    this.#begun = Date.now();
    this.#note(executions);
    this.#goOn();
  }

  /** Waits for the run that begins on each of these; `executionId` is null if it is the first one. */
  follow(runs) {
    if (!runs.length) return;
    this.#begun = Date.now();
    for (const { assetId, executionId } of runs) {
      // Ids are in the order of time, and a picture is older than what runs on it.
      this.#waiting.set(assetId, { least: executionId ?? assetId, since: Date.now(), done: 0 });
      this.#states.set(assetId, { state: "queued", reason: "" });
    }
    this.#tell("states", runs.map((run) => run.assetId));
    this.#goOn();
  }

  /** Forgets pictures that are no more. */
  forget(assetIds) {
    for (const id of assetIds) {
      this.#waiting.delete(id);
      this.#states.delete(id);
    }
  }

  async #goOn() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      while (this.isBusy) {
        await visible(this.#signal);
        const began = Date.now();
        await this.#look().catch(onlyIfAborted);
        await pause(Math.max(this.#pace(), (Date.now() - began) / 2), this.#signal);
      }
      this.#tell("idle", null);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      this.#isLooking = false;
    }
  }

  #pace() {
    const since = Date.now() - this.#begun;
    return PACES.find(([until]) => since < until)[1];
  }

  async #look() {
    const pageSize = Math.min(this.#waiting.size + LEAST_PAGE, PAGE);
    const { ended, advanced } = this.#note(await this.#executions(pageSize));
    const ids = [...ended, ...advanced];
    if (ids.length) await this.#refresh(ids, ended);
    this.#giveUp();
  }

  /** The newest, as far back as there are some that run or are waited for. */
  async #executions(pageSize) {
    const found = [];
    let cursor = null;
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const query = { pageSize, cursor };
      const { items, nextCursor } = await api.get("/executions", { query, signal: this.#signal });
      found.push(...items);
      cursor = nextCursor;
      if (cursor === null || (items.every(isOver) && !this.#isOlder(items.at(-1), found))) break;
    }
    return found;
  }

  /** Whether something is waited for that would stand below the last one, if it is there already. */
  #isOlder({ executionId }, found) {
    const isSeen = new Set(found.map((each) => each.assetId));
    return [...this.#waiting].some(([id, { least }]) => least < executionId && !isSeen.has(id));
  }

  /** Takes over what executions say: the newest of each picture counts. */
  #note(executions) {
    const latest = new Map();
    for (const each of executions) if (!latest.has(each.assetId)) latest.set(each.assetId, each);
    const changed = [];
    const ended = [];
    const advanced = [];
    for (const [id, execution] of latest) {
      const entry = this.#waiting.get(id);
      if (entry && execution.executionId < entry.least) continue;
      if (this.#becomes(id, stateOf(execution))) changed.push(id);
      const done = execution.steps.filter((step) => step.succeeded).length;
      if (isOver(execution)) {
        if (this.#waiting.delete(id)) ended.push(id);
      } else {
        if (entry && done > entry.done) advanced.push(id);
        this.#waiting.set(id, { least: execution.executionId, since: Date.now(), done });
      }
    }
    if (changed.length) this.#tell("states", changed);
    return { ended, advanced };
  }

  #becomes(id, state) {
    const former = this.#states.get(id);
    if (former?.state === state?.state && former?.reason === state?.reason) return false;
    if (state) this.#states.set(id, state);
    else this.#states.delete(id);
    return true;
  }

  /** Most are among the newest pictures. Of older ones only the end of a run is looked at. */
  async #refresh(ids, ended) {
    const signal = this.#signal;
    const { items } = await api.get("/assets", { query: { pageSize: Math.min(PAGE, ids.length + 40) }, signal });
    const wanted = new Set(ids);
    const found = items.filter((item) => wanted.has(item.id));
    if (found.length) this.#tell("items", found);
    const isFound = new Set(found.map((item) => item.id));
    const { done } = await inTurn(
      ended.filter((id) => !isFound.has(id)),
      (id) => api.get(`/assets/${id}`, { signal }),
      { signal },
    );
    if (done.length) this.#tell("items", done.map(({ result }) => result));
  }

  #giveUp() {
    const lost = [...this.#waiting].filter(([, { since }]) => Date.now() - since > GIVEN_UP_MS).map(([id]) => id);
    this.forget(lost);
    if (lost.length) this.#tell("states", lost);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function isOver(execution) {
  return execution.completedAtUtc !== null;
}

function stateOf(execution) {
  if (execution.status === "failed") return { state: "failed", reason: reasonOf(execution) };
  if (!isOver(execution)) return { state: execution.status, reason: "" };
  return null;
}

/** What fails once is looked at again; who has signed out is told elsewhere. */
function onlyIfAborted(error) {
  if (error.name === "AbortError") throw error;
}

/** What the first failed step of a run says; "" if none says anything. */
function reasonOf(execution) {
  const reasons = execution.steps.filter((step) => step.succeeded === false).map((step) => step.errorMessage ?? "");
  return reasons.find((reason) => reason && !reason.startsWith("skipped:")) ?? reasons[0] ?? "";
}
