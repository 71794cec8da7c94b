import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { droppedFiles, hasFiles, pastedFiles } from "../core/files.js";
import { icon } from "../core/pieces.js";
import { toast } from "../core/toast.js";
import { texts } from "../texts.js";

/** Takes files that are dropped anywhere on the page, or pasted; "files" is told with them. */
class DropLayer extends Component {
  /** Whether something of the page itself is dragged: a browser gives pictures as files. */
  #isOwn = false;

  start() {
    this.hidden = true;
    fill(
      this,
      h("div", {}, icon("upload"), h("p", { class: "big" }, texts.uploads.drop), h("p", {}, texts.uploads.dropHint)),
    );
    const { signal } = this;
    window.addEventListener("dragstart", () => (this.#isOwn = true), { signal });
    window.addEventListener("dragend", () => (this.#isOwn = false), { signal });
    window.addEventListener("dragenter", (event) => this.#over(event), { signal });
    window.addEventListener("dragover", (event) => this.#over(event), { signal });
    window.addEventListener("dragleave", (event) => this.#left(event), { signal });
    window.addEventListener("drop", (event) => this.#dropped(event), { signal });
    window.addEventListener("paste", (event) => this.#pasted(event), { signal });
  }

  #over(event) {
    if (!this.#takes(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    this.hidden = false;
  }

  #takes(event) {
    return !this.#isOwn && hasFiles(event);
  }

  #left(event) {
    // From one element to the next is none out of the window.
    if (event.relatedTarget === null) this.hidden = true;
  }

  async #dropped(event) {
    if (!this.#takes(event)) return;
    event.preventDefault();
    this.hidden = true;
    try {
      const files = await droppedFiles(event.dataTransfer);
      if (files.length) this.tell("files", files);
      else toast(texts.uploads.noFiles, { isError: true });
    } catch (error) {
      // A file may have gone between the drop and the look at it.
      toast(error.message, { isError: true });
    }
  }

  #pasted(event) {
    const files = pastedFiles(event.clipboardData);
    if (!files.length || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.tell("files", files);
  }
}

customElements.define("drop-layer", DropLayer);
