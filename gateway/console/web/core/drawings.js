/** The drawings of the console: strokes in a square of 24. */

import { svg } from "./dom.js";

const STROKES = {
  alert: "M12 4 2.5 20h19zM12 10v4m0 3v.01",
  back: "M19 12H5m6-6-6 6 6 6",
  cat: "M4 3.5 9 7h6l5-3.5V13a8 7 0 0 1-16 0zM9 13v.01M15 13v.01M10.5 16.5q1.5 1 3 0",
  check: "m5 12.5 4.5 4.5L19 7.5",
  chevron: "m7 10 5 5 5-5",
  close: "M6 6l12 12M18 6 6 18",
  compare: "M12 3v18M4 6h4.5v12H4zM15.5 6H20v12h-4.5z",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  delete: "M4 7h16M9 7V4h6v3m-8.5 0 1 13h9l1-13M10 11v5m4-5v5",
  down: "M12 5v14m-6-6 6 6 6-6",
  download: "M12 4v11m-5-4 5 5 5-5M4 20h16",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  eye: "M2 12s3.5-7 10-7 10 7 10 7-3.5 7-10 7-10-7-10-7zm10-3a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
  filter: "M4 6h16M7 12h10m-7 6h4",
  globe: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  grip: "M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01",
  keyboard: "M3 6h18v12H3zM7 10v.01M11 10v.01M15 10v.01M7 14h10",
  leave: "M14 4H5v16h9M10 12h11m-4-4 4 4-4 4",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  more: "M5 11a1 1 0 1 0 0 2 1 1 0 0 0 0-2zm7 0a1 1 0 1 0 0 2 1 1 0 0 0 0-2zm7 0a1 1 0 1 0 0 2 1 1 0 0 0 0-2z",
  people: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zm-6.5 9a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5m2 3a6.5 6.5 0 0 1 3.5 6",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-8 9a8 8 0 0 1 16 0",
  pictures: "M3 5h18v14H3zm0 11 5-5 4 4 3-3 6 5M15.5 9.5v.01",
  pin: "M12 21s7-6.5 7-12a7 7 0 0 0-14 0c0 5.5 7 12 7 12zm0-9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  play: "M7 4.5v15l12-7.5z",
  plus: "M12 5v14M5 12h14",
  retry: "M20 11a8 8 0 1 0-2 6.5M20 5v6h-6",
  runs: "M3 12h4l3-8 4 16 3-8h4",
  search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 21 21",
  settings: "M4 7h9m5 0h2M4 17h3m5 0h8M15.5 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zm-6 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
  sort: "M7 4v16m-3.5-3.5L7 20l3.5-3.5M17 20V4m-3.5 3.5L17 4l3.5 3.5",
  spark: "M11 3l2 6 6 2-6 2-2 6-2-6-6-2 6-2zM19 15l1 2.5 2.5 1-2.5 1-1 2.5-1-2.5-2.5-1 2.5-1z",
  stop: "M6 6h12v12H6z",
  theme: "M12 3a9 9 0 1 0 9 9 7 7 0 0 1-9-9z",
  up: "M12 19V5M6 11l6-6 6 6",
  upload: "M12 16V5M7 9l5-5 5 5M4 20h16",
  workflow: "M3 4h7v6H3zm11 10h7v6h-7zM6.5 10v7H14",
};

/** The drawing of this name; it says nothing to who does not see it. */
export function drawing(name) {
  return svg(
    "svg",
    { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" },
    svg("path", { d: STROKES[name] }),
  );
}
