/** What can be run on an asset: skills, and workflows for who may read them. How it is started, again too, and ended. */

import { texts } from "../texts.js";
import { api, startSkill } from "./api.js";
import { session } from "./session.js";

/**
 * What there is to run: `skills` and `workflows` as the API tells them, and whether models can be
 * asked. Throws ApiError.
 */
export async function runnable({ signal } = {}) {
  const [skills, workflows, hasProvider] = await Promise.all([
    api.get("/assets/skills", { signal }),
    session.can("settings.read") ? api.get("/system/workflows", { signal }) : [],
    providerIsActive({ signal }),
  ]);
  return { skills, workflows, hasProvider };
}

/** Whether an AI provider is active; true for who may not know. */
async function providerIsActive({ signal }) {
  if (!session.can("aiProviders.read")) return true;
  return (await api.get("/system/ai/providers/active", { signal })) !== null;
}

/**
 * Starts a choice, `{skillName, parameters}` or `{workflowId}`, on an asset and gives the id of the
 * execution. Throws ApiError.
 */
export async function startRun(assetId, { skillName, parameters, workflowId }, options = {}) {
  const started = workflowId
    ? await api.post(`/assets/${assetId}/workflows/${workflowId}/run`, options)
    : await startSkill(assetId, skillName, parameters, options);
  return started.executionId;
}

/** What was set for an execution: for all its steps together. */
export function parametersOf({ steps }) {
  return Object.assign({}, ...steps.map((each) => each.parameters));
}

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

/** Whether an upload ran the skill of that name, and not a workflow that is called so. */
async function isOf({ skillName, steps }, catalogue) {
  const skill = await catalogue.skill(skillName);
  const names = steps.map((step) => step.stepName).sort();
  return skill !== undefined && skill.steps.toSorted().join("\n") === names.join("\n");
}
