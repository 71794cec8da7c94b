/** Executions: what can be told of one. */

import { isOver } from "./watch.js";

const SKIPPED = "skipped:";
const CANCELLED = "cancelled";

/** When an execution was accepted: its id tells. */
export function acceptedAt(execution) {
  const milliseconds = parseInt(execution.executionId.replace("-", "").slice(0, 12), 16);
  return new Date(milliseconds).toISOString();
}

/** The step that an execution failed of; undefined if none did. */
export function failedStep(execution) {
  return execution.steps.find(
    ({ succeeded, errorMessage }) =>
      succeeded === false && errorMessage !== CANCELLED && !errorMessage?.startsWith(SKIPPED),
  );
}

/** Whether `now` tells more of an execution than `before`: answers may come later than events. */
export function isLater(before, now) {
  if (isOver(before)) return false;
  return isOver(now) || progress(now) >= progress(before);
}

function progress(execution) {
  return execution.steps.filter((step) => step.startedAtUtc).length + execution.steps.filter(isOver).length;
}
