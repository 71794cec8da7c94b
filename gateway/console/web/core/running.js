/** Skills and workflows that are run on many pictures. */

import { texts } from "../texts.js";
import { carryOut, NOTHING, tellDone } from "./carrying-out.js";
import { open } from "./dialog.js";
import { h } from "./dom.js";
import { runnable, startRun } from "./runs.js";
import "../elements/run-choice.js";

const words = texts.assets;

/**
 * Asks what is to be run on pictures, and starts it; gives what `carryOut` gives, each result being
 * the id of an execution. Throws ApiError if nobody tells what there is.
 */
export async function runOn(items, signal) {
  const { skills, workflows } = await runnable({ signal });
  const choice = h("run-choice", { ".skills": skills, ".workflows": workflows });
  const chosen = await open({
    title: words.runTitle(items.length),
    content: choice,
    submitText: texts.common.run,
    submit: async () => choice.read() ?? undefined,
  });
  if (chosen === null) return NOTHING;
  const over = await carryOut(words.starting, items, (item) => startRun(item.id, chosen));
  tellDone(words.started, over);
  return over;
}
