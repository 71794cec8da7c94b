/** Whether the parts of the hub serve. */

import { base } from "./address.js";

/** The parts, in the order in which people look at them. */
export const PARTS = ["gateway", "accounts", "assets", "providers", "skills"];

/**
 * The state of each part: "SERVING", what else the hub says of it, or "" if nobody says. It is
 * never refused: that nobody answers is an answer. Throws AbortError.
 */
export async function health(signal) {
  const states = Object.fromEntries(PARTS.map((part) => [part, ""]));
  try {
    const response = await fetch(`${base}/health/ready`, { signal, cache: "no-store" });
    const { data, error } = await response.json();
    return { ...states, gateway: "SERVING", ...(data ?? error).services };
  } catch (problem) {
    if (problem.name === "AbortError") throw problem;
    return { ...states, gateway: "UNREACHABLE" };
  }
}
