/** One at a time, of all tabs of this browser. */

/** Runs `work` while no other tab runs what has the same name. */
export async function alone(name, work) {
  if (navigator.locks) return navigator.locks.request(name, work);
  const { taking } = await import("./taking.js");
  return taking(name, work);
}
