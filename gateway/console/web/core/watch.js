/** An execution as it goes on, told by server-sent events. */

import { api } from "./api.js";
import { apiAddress } from "./http.js";
import { renew } from "./session.js";
import { unlessAborted } from "./component.js";
import { pause } from "./waiting.js";

const AGAIN_MS = 2_000;
const MOST_AGAIN_MS = 10_000;

/**
 * Watches an execution until it has ended or `signal` is aborted. `onChange` is called with the
 * execution, now and at each change, and at the end, when its `status` says so. Gives it as it ended,
 * null if the execution was deleted or `signal` aborted.
 */
export function watch(executionId, onChange, signal) {
  return unlessAborted(async () => {
    let execution = await api.get(`/executions/${executionId}`, { signal });
    onChange(execution);
    let wait = AGAIN_MS;
    while (!isOver(execution)) {
      const opened = Date.now();
      execution = await followed(execution, onChange, signal);
      if (isOver(execution)) break;
      await pause(wait, signal);
      wait = Math.min(wait * 2, MOST_AGAIN_MS);
      // The browser does not say why it was shut out.
      await renew(opened).catch(() => {});
      execution = await readAgain(executionId, signal);
      onChange(execution);
    }
    return execution;
  }).catch((error) => {
    if (error.status === 404) return null;
    throw error;
  });
}

/** Reads an execution once more, when somebody answers: the hub may be about to start. Throws ApiError. */
export async function readAgain(executionId, signal) {
  for (let wait = AGAIN_MS; ; wait = Math.min(wait * 2, MOST_AGAIN_MS)) {
    try {
      return await api.get(`/executions/${executionId}`, { signal });
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
    await pause(wait, signal);
  }
}

/** Whether an execution has ended. */
export function isOver(execution) {
  return execution.completedAtUtc !== null;
}

/** One stream, to its end or until it breaks off. */
function followed(first, onChange, signal) {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    let execution = first;
    const steps = new Counted(first.steps);
    const source = new EventSource(apiAddress(`/executions/${first.executionId}/events`));
    const aborted = () => (source.close(), reject(signal.reason));
    const over = () => (source.close(), signal.removeEventListener("abort", aborted), resolve(execution));
    source.addEventListener("step", ({ data }) => {
      execution = { ...execution, status: "running", steps: steps.with(JSON.parse(data)) };
      onChange(execution);
    });
    source.addEventListener("done", ({ data }) => {
      execution = JSON.parse(data);
      onChange(execution);
      over();
    });
    // It comes back by itself from a break, but not from a refusal.
    source.addEventListener("error", () => source.readyState === EventSource.CLOSED && over());
    signal.addEventListener("abort", aborted);
  });
}

/** Steps that change one by one; a workflow may have several of one name, which end in their order. */
class Counted {
  constructor(steps) {
    this.steps = [...steps];
  }

  with(step) {
    const isOpen = (each) => each.stepName === step.stepName && each.completedAtUtc === null;
    const at = this.steps.findIndex(isOpen);
    if (at >= 0) this.steps[at] = step;
    return [...this.steps];
  }
}

/** Whether nobody answered, or somebody on behalf of a hub that does not. */
function isPassing({ name, status }) {
  return name === "ApiError" && (status === 0 || status === 429 || status >= 502);
}
