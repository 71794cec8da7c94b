/** The dialog in which somebody chooses what is done with uploads. */

import { texts } from "../texts.js";
import { api } from "./api.js";
import { open } from "./dialog.js";
import { h } from "./dom.js";
import { choice, field, tick } from "./pieces.js";
import { session } from "./session.js";
import { toast } from "./toast.js";
import { keepUploadOptions, NO_SKILL, uploadOptions } from "./upload-options.js";

const words = texts.uploads;

/** Shows it, remembers what is chosen, and gives whether something is. Throws ApiError. */
export async function chooseOptions(signal) {
  const skills = await api.get("/assets/skills", { signal });
  const { skill, isPublic } = uploadOptions();
  const names = skills.map((each) => each.skillName);
  const after = choice(
    [["", words.usual], [NO_SKILL, words.nothing], ...names.map((name) => [name, words.skill(name)])],
    names.includes(skill) || skill === NO_SKILL ? skill : "",
  );
  const publish = h("input", { type: "checkbox", ".checked": isPublic });
  const chosen = await open({
    title: words.options,
    content: [
      h("p", { class: "hint" }, words.optionsHint),
      field(words.after, after),
      session.can("assets.update") && tick(words.publish, publish, words.publishHint),
    ],
    submitText: texts.common.save,
    submit: async () => ({ skill: after.value, isPublic: publish.checked }),
  });
  if (chosen === null) return false;
  keepUploadOptions(chosen);
  toast(words.optionsKept);
  return true;
}
