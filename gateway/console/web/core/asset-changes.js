/** What is different between two readings of an asset. */

import { texts } from "../texts.js";

/** The names of what was changed or added, as people read them. */
export function changes(before, after) {
  const written = ["description", "altText"].filter((field) => before[field] !== after[field]);
  return [
    ...written.map((field) => texts.asset.fields[field].name),
    ...added(before.structuredResults, after.structuredResults).map((kind) => texts.asset.resultOf(kind)),
    ...added(before.derivatives, after.derivatives),
  ];
}

function added(before, after) {
  const made = new Map(before.map((each) => [each.kind, each.createdAtUtc]));
  return after.filter((each) => made.get(each.kind) !== each.createdAtUtc).map((each) => each.kind);
}
