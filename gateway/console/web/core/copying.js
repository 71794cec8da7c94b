/** Putting texts where they can be pasted from. */

import { texts } from "../texts.js";
import { copy } from "./clipboard.js";
import { button } from "./pieces.js";
import { toast } from "./toast.js";

/** A button that copies what `text` gives when it is pressed. */
export function copyButton(label, text, attributes = {}) {
  const made = button(label, { icon: "copy", ...attributes });
  made.addEventListener("click", async () => {
    const isCopied = await copy(text());
    toast(isCopied ? texts.asset.copied : texts.asset.notCopied, { isError: !isCopied });
  });
  return made;
}
