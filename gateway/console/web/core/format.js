/** Numbers, sizes and moments as people read them. */

const LANGUAGE = document.documentElement.lang;
const numbers = new Intl.NumberFormat(LANGUAGE);
const short = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 1 });
const moments = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" });
const days = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeZone: "UTC" });
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });
const UNITS = ["bytes", "KB", "MB", "GB", "TB"];
const STEPS = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 7],
];

/** A whole number. */
export function number(value) {
  return numbers.format(value);
}

/** A size in bytes, in thousands of each other. */
export function bytes(value) {
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${short.format(value)} ${UNITS[unit]}`;
}

/** Money of the currency that prices are given in, which the hub does not know. */
export function money(value) {
  return new Intl.NumberFormat(LANGUAGE, { maximumSignificantDigits: 3 }).format(value);
}

/** A moment that the API tells. */
export function moment(text) {
  return moments.format(new Date(text));
}

/** A day that the API tells, "2026-11-01". */
export function day(text) {
  return days.format(new Date(text));
}

/** How long ago a moment was, by the day for older ones. */
export function ago(text, now = Date.now()) {
  let value = (Date.parse(text) - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(value) < size) return relative.format(Math.round(value), unit);
    value /= size;
  }
  return moment(text);
}

/** The time between two moments. */
export function duration(from, to) {
  const seconds = Math.max(0, (Date.parse(to) - Date.parse(from)) / 1000);
  if (seconds < 0.1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${short.format(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
