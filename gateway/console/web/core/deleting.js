/** Pictures that are deleted, many at once. */

import { texts } from "../texts.js";
import { api } from "./api.js";
import { confirm } from "./dialog.js";
import { h } from "./dom.js";
import { failed, toast } from "./toast.js";

const AT_ONCE = 1000;
const words = texts.assets;

/** Deletes pictures if somebody says so, and gives the ids of those that are no more. */
export async function deleteAll(ids) {
  const isMeant = await confirm({
    title: words.deleteTitle(ids.length),
    content: h("p", {}, words.deleteHint),
    action: texts.common.delete,
    isDangerous: true,
  });
  return isMeant ? deleted(ids) : [];
}

/** What fails is told; what was deleted before that is gone all the same. */
async function deleted(ids) {
  const gone = [];
  try {
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const some = ids.slice(at, at + AT_ONCE);
      await api.post("/assets/batch-delete", { body: some });
      gone.push(...some);
    }
  } catch (error) {
    failed(error);
  }
  if (gone.length) toast(words.deleted(gone.length));
  return gone;
}
