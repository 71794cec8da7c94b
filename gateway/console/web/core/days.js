/** Periods of days, by UTC as the hub counts them. */

const DAY_MS = 86_400_000;

/** The periods that can be chosen, by the name that addresses have. */
export const PERIODS = ["7", "30", "90", "month"];

/** The first day and the last of a period that ends today, like "2026-11-01". */
export function period(name, now = new Date()) {
  const to = now.toISOString().slice(0, 10);
  if (name === "month") return { from: `${to.slice(0, 8)}01`, to };
  return { from: iso(Date.parse(to) - (Number(name) - 1) * DAY_MS), to };
}

/** Every day from one to another. */
export function daysOf({ from, to }) {
  const days = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += DAY_MS) days.push(iso(at));
  return days;
}

function iso(moment) {
  return new Date(moment).toISOString().slice(0, 10);
}
