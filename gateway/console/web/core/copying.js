/** Putting texts where they can be pasted from. */

import { texts } from "../texts.js";
import { button } from "./pieces.js";
import { toast } from "./toast.js";

/** A button that copies what `text` gives when it is pressed. */
export function copyButton(label, text, attributes = {}) {
  const made = button(label, { icon: "copy", ...attributes });
  made.addEventListener("click", async () => {
    const isCopied = await copied(text(), made);
    toast(isCopied ? texts.asset.copied : texts.asset.notCopied, { isError: !isCopied });
  });
  return made;
}

/** Copies a text, and gives whether the browser let it; `near` is what was pressed. */
export async function copied(text, near) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // There is no clipboard on pages that come by plain HTTP from another machine.
    return selectedAndCopied(text, near);
  }
}

/** The text has to be selected in a place that is not inert, as all is that lies behind a dialog. */
function selectedAndCopied(text, near) {
  const holder = document.createElement("textarea");
  holder.className = "unseen";
  holder.value = text;
  near.after(holder);
  holder.select();
  try {
    return document.execCommand("copy");
  } finally {
    holder.remove();
    near.focus();
  }
}
