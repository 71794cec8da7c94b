/** Trying an AI provider out. */

import { api } from "./api.js";
import { unlessAborted } from "./component.js";

/**
 * Has the API try something out. `onStart` is told the running trial; gives that which came of it,
 * null if it was stopped.
 */
export async function tried(body, signal, onStart) {
  const stopper = new AbortController();
  onStart({ stop: () => stopper.abort() });
  const both = AbortSignal.any([signal, stopper.signal]);
  try {
    const result = await unlessAborted(() => api.post("/system/ai/providers/test", { body, signal: both }));
    return result === undefined ? null : { result, at: new Date().toISOString() };
  } catch (error) {
    return { error };
  }
}
