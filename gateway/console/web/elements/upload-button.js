import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { limits } from "../core/limits.js";
import { button } from "../core/pieces.js";
import { failed } from "../core/toast.js";
import { NO_SKILL, uploadOptions } from "../core/upload-options.js";
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
    const named = { "": words.usualShort, [NO_SKILL]: words.nothingShort }[skill] ?? words.skillShort(skill);
    const summary = words.summary(isPublic, named);
    this.#options.querySelector(".label").textContent = summary;
    this.#options.setAttribute("aria-label", `${words.options}: ${summary}`);
  }

  async #choose() {
    try {
      const { chooseOptions } = await import("../core/upload-choice.js");
      if (await chooseOptions(this.signal)) this.#draw();
    } catch (error) {
      failed(error);
    }
  }
}

customElements.define("upload-button", UploadButton);
