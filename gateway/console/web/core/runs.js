/** What can be run on an asset, and having it run: skills, and workflows for who may read them. */

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

/** The choice that runs again what an execution ran; null if there is no such skill or workflow now. */
export async function choiceOf(execution, options = {}) {
  const { skillName, triggerSource } = execution;
  const { skills, workflows } = await runnable(options);
  if (triggerSource !== "workflow" && skills.some((each) => each.skillName === skillName)) {
    return { skillName, parameters: parametersOf(execution) };
  }
  const workflow = workflows.find((each) => each.name === skillName);
  return workflow ? { workflowId: workflow.id } : null;
}
