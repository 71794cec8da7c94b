/** Several executions at once. */

import { api } from "./api.js";
import { pause } from "./waiting.js";
import { isOver, readAgain, watch } from "./watch.js";

/** A browser has six connections to a hub, and each stream of events takes one. */
const STREAMS = 3;
const LOOK_MS = 1_000;

let streams = 0;

/** Does what `watch` does, by asking each second for those that are too many to have a stream each. */
export async function follow(executionId, onChange, signal) {
  if (streams >= STREAMS) return looked(executionId, onChange, signal);
  streams += 1;
  try {
    return await watch(executionId, onChange, signal);
  } finally {
    streams -= 1;
  }
}

async function looked(executionId, onChange, signal) {
  try {
    let execution = await api.get(`/executions/${executionId}`, { signal });
    onChange(execution);
    while (!isOver(execution)) {
      await pause(LOOK_MS, signal);
      execution = await readAgain(executionId, signal);
      onChange(execution);
    }
    return execution;
  } catch (error) {
    if (error.status === 404 || error.name === "AbortError") return null;
    throw error;
  }
}
