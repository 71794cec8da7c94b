/** Skills and workflows that are run on many pictures. */

import { texts } from "../texts.js";
import { carryOut, NOTHING, tellDone } from "./carrying-out.js";
import { runnable, startRun } from "./runs.js";
import { chooseRun } from "../elements/run-panel.js";

const words = texts.assets;

/**
 * Asks what is to be run on pictures, and starts it; gives what `carryOut` gives, each result being
 * the id of an execution. Throws ApiError if nobody tells what there is.
 */
export async function runOn(items, signal) {
  const options = await runnable({ signal });
  const chosen = await chooseRun(words.runTitle(items.length), options, async (choice) => choice);
  if (chosen === null) return NOTHING;
  const over = await carryOut(words.starting, items, (item) => startRun(item.id, chosen));
  tellDone(words.started, over);
  return over;
}
