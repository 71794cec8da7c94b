/** Skills and workflows that are run on many pictures. */

import { texts } from "../texts.js";
import { api, startSkill } from "./api.js";
import { carryOut, NOTHING, tellDone } from "./carrying-out.js";
import { open } from "./dialog.js";
import { h } from "./dom.js";
import { session } from "./session.js";
import "../elements/run-choice.js";

const words = texts.assets;

/**
 * Asks what is to be run on pictures, and starts it; gives what `carryOut` gives, with an
 * `executionId` in each result. Throws ApiError if nobody tells what there is.
 */
export async function runOn(items, signal) {
  const [skills, workflows] = await Promise.all([
    api.get("/assets/skills", { signal }),
    session.can("settings.read") ? api.get("/system/workflows", { signal }) : [],
  ]);
  const choice = h("run-choice", { ".skills": skills, ".workflows": workflows });
  const chosen = await open({
    title: words.runTitle(items.length),
    content: choice,
    submitText: texts.common.run,
    submit: async () => choice.read() ?? undefined,
  });
  if (chosen === null) return NOTHING;
  const over = await carryOut(words.starting, items, (item) => started(item, chosen));
  tellDone(words.started, over);
  return over;
}

function started(item, { skillName, parameters, workflowId }) {
  if (workflowId) return api.post(`/assets/${item.id}/workflows/${workflowId}/run`);
  return startSkill(item.id, skillName, parameters);
}
