import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
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
    // While something is dragged a pointer tells nothing: it has been called off.
    window.addEventListener("pointermove", () => (this.hidden = true), { signal });
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
    return !this.#isOwn && event.dataTransfer.types.includes("Files");
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
    const { types, files } = event.clipboardData;
    // Who has copied words has not copied a picture, though there may be one of them.
    if (!files.length || types.includes("text/plain") || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.tell("files", [...files]);
  }
}

/** What was dropped is known now only, not after a wait. */
async function droppedFiles(transfer) {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => [item.webkitGetAsEntry(), item.getAsFile()]);
  const found = [];
  for (const [entry, file] of entries) {
    if (entry?.isDirectory) {
      const { filesBelow } = await import("../core/folders.js");
      found.push(...(await filesBelow(entry)));
    } else if (file) {
      found.push(file);
    }
  }
  return found;
}

customElements.define("drop-layer", DropLayer);
