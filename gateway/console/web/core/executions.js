/** Executions: what can be told of one, how it is started again, and how it is ended. */

import { texts } from "../texts.js";
import { api } from "./api.js";
import { parametersOf, startRun } from "./runs.js";
import { isOver } from "./watch.js";

const SKIPPED = "skipped:";
const CANCELLED = "cancelled";

/** What can be run: the skills, and the workflows. Each is read once, when it is first asked for. */
export class Catalogue {
  #skills = null;
  #workflows = null;

  /** The skill of this name; undefined if there is none. */
  async skill(name) {
    this.#skills ??= api.get("/assets/skills");
    return (await this.#skills).find((each) => each.skillName === name);
  }

  /** The workflow of this name; undefined if there is none. Needs settings.read. */
  async workflow(name) {
    this.#workflows ??= api.get("/system/workflows");
    return (await this.#workflows).find((each) => each.name === name);
  }
}

/**
 * Starts the same again, with the same parameters, and gives the new execution's id. A workflow is
 * run as it is now. Throws ApiError, and Error if the workflow is gone. For many runs give all the
 * same catalogue.
 */
export async function again(execution, catalogue = new Catalogue()) {
  const { assetId, skillName, triggerSource } = execution;
  const isSkill = triggerSource === "manual" || (triggerSource === "upload" && (await isOf(execution, catalogue)));
  if (isSkill) return startRun(assetId, { skillName, parameters: parametersOf(execution) });
  const workflow = await catalogue.workflow(skillName);
  if (!workflow) throw new Error(texts.executions.workflowGone(skillName));
  return startRun(assetId, { workflowId: workflow.id });
}

/** Ends an execution before time, and gives it as it is then. */
export function cancelled(executionId) {
  return api.post(`/executions/${executionId}/cancel`);
}

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

/** Whether an upload ran the skill of that name, and not a workflow that is called so. */
async function isOf({ skillName, steps }, catalogue) {
  const skill = await catalogue.skill(skillName);
  const names = steps.map((step) => step.stepName).sort();
  return skill !== undefined && skill.steps.toSorted().join("\n") === names.join("\n");
}
