/** What is to be done with pictures that are uploaded: remembered in this browser. */

import { session } from "./session.js";

const KEY = "nekohub.upload-options";

/** The skill that stands for "none". */
export const NO_SKILL = "-";

/** The options: `skill` is "" for what the hub runs by default, NO_SKILL, or a skill's name. */
export function uploadOptions() {
  const kept = parsed(localStorage.getItem(KEY));
  return {
    skill: typeof kept?.skill === "string" ? kept.skill : "",
    // What is uploaded is private; making it public is a change.
    isPublic: kept?.isPublic === true && session.can("assets.update"),
  };
}

/** Remembers them. */
export function keepUploadOptions(options) {
  localStorage.setItem(KEY, JSON.stringify(options));
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
