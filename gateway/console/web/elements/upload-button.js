import { api } from "../core/api.js";
import { Component } from "../core/component.js";
import { open } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { button, choice, field, tick } from "../core/pieces.js";
import { session } from "../core/session.js";
import { failed, toast } from "../core/toast.js";
import { keepUploadOptions, NO_SKILL, uploadOptions } from "../core/upload-options.js";
import { limits } from "../core/uploads.js";
import { texts } from "../texts.js";

const words = texts.uploads;

/** Chooses files, which "files" is told with, and what is done with those that are uploaded. */
class UploadButton extends Component {
  #chooser = h("input", { type: "file", multiple: true, hidden: true, onchange: () => this.#chosen() });
  #options = button("", { icon: "settings", title: words.options, onclick: () => this.#choose() });

  start() {
    const upload = button(words.upload, { icon: "upload", look: "main", onclick: () => this.choose() });
    fill(this, this.#chooser, this.#options, upload);
    this.#draw();
    limits().then(
      ({ allowedContentTypes }) => (this.#chooser.accept = allowedContentTypes.join(",")),
      () => {},
    );
  }

  /** Has somebody choose files. */
  choose() {
    this.#chooser.click();
  }

  #chosen() {
    const files = [...this.#chooser.files];
    this.#chooser.value = "";
    if (files.length) this.tell("files", files);
  }

  #draw() {
    const { skill, isPublic } = uploadOptions();
    const named = { "": words.usualShort, [NO_SKILL]: words.nothingShort }[skill] ?? skill;
    const summary = words.summary(isPublic, named);
    this.#options.querySelector(".label").textContent = summary;
    this.#options.setAttribute("aria-label", `${words.options}: ${summary}`);
  }

  async #choose() {
    let skills;
    try {
      skills = await api.get("/assets/skills", { signal: this.signal });
    } catch (error) {
      failed(error);
      return;
    }
    const { skill, isPublic } = uploadOptions();
    const names = skills.map((each) => each.skillName);
    const after = choice(
      [["", words.usual], [NO_SKILL, words.nothing], ...names.map((name) => [name, words.skill(name)])],
      names.includes(skill) || skill === NO_SKILL ? skill : "",
    );
    const publish = h("input", { type: "checkbox", ".checked": isPublic });
    const saved = await open({
      title: words.options,
      content: [
        h("p", { class: "hint" }, words.optionsHint),
        field(words.after, after),
        session.can("assets.update") && tick(words.publish, publish, words.publishHint),
      ],
      submitText: texts.common.save,
      submit: async () => ({ skill: after.value, isPublic: publish.checked }),
    });
    if (saved === null) return;
    keepUploadOptions(saved);
    this.#draw();
    toast(words.optionsKept);
  }
}

customElements.define("upload-button", UploadButton);
