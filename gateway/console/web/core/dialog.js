/** Dialogs: the browser's own, which keep the focus and close with Escape. */

import { texts } from "../texts.js";
import { h } from "./dom.js";
import { button } from "./pieces.js";

let dialogs = 0;

/**
 * Shows a dialog and gives what it is closed with, null if it was called off. `content` is nodes;
 * `actions` are `[text, value, look]`; `dismiss` is the text of what calls it off. With `submit` the
 * dialog is a form, sent by a button with `submitText`: it is called when that is sent, and closes the
 * dialog with what it returns, unless that is undefined; what it throws it must have shown.
 */
export function open({
  title,
  content,
  actions = [],
  submit = null,
  submitText = "",
  dismiss = texts.common.cancel,
  isWide = false,
}) {
  const id = `dialog-${++dialogs}`;
  const left = new AbortController();
  return new Promise((resolve) => {
    const close = (value) => {
      box.returned = value;
      box.close();
    };
    const buttons = actions.map(([text, value, look = "quiet"]) =>
      button(text, { look, onclick: () => close(value) }),
    );
    const form = h(
      "form",
      { method: "dialog", novalidate: true },
      h("h2", { id }, title),
      h("div", { class: "content" }, content),
      h(
        "div",
        { class: "actions" },
        button(dismiss, { look: "quiet", onclick: () => close(null) }),
        buttons,
        submitText && button(submitText, { look: "main", type: "submit" }),
      ),
    );
    const box = h("dialog", { class: isWide ? "wide" : null, "aria-labelledby": id }, form);
    box.returned = null;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (submit === null || form.inert) return;
      const focused = document.activeElement;
      form.inert = true;
      const value = await submit().finally(() => (form.inert = false));
      // What is inert has no focus: it goes to what is wrong, or back to where it was.
      if (value === undefined) (form.querySelector("[aria-invalid]") ?? focused).focus();
      else close(value);
    });
    // Of a page that is left, "back" would leave the dialog.
    window.addEventListener("page", () => close(null), { signal: left.signal });
    box.addEventListener("close", () => {
      left.abort();
      box.remove();
      resolve(box.returned);
    });
    document.body.append(box);
    box.showModal();
  });
}

/** Asks whether something shall be done. */
export async function confirm({ title, content, action, isDangerous = false }) {
  const look = isDangerous ? "danger" : "main";
  return (await open({ title, content, actions: [[action, true, look]] })) === true;
}
