/** Why a run has failed. */

/** What its first failed step says; "" if none says anything. */
export function failureOf(execution) {
  const reasons = execution.steps.filter((step) => step.succeeded === false).map((step) => step.errorMessage ?? "");
  return reasons.find((reason) => reason && !reason.startsWith("skipped:")) ?? reasons[0] ?? "";
}
