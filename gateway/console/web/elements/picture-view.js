import { contentAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/pieces.js";
import { isShown, sources } from "../core/renditions.js";
import { failed } from "../core/toast.js";
import { texts } from "../texts.js";

/** An asset's picture, as large as there is room; pressed, it is shown in full. `asset` may be set at any time. */
class PictureView extends Component {
  #asset = null;
  #image = null;

  set asset(asset) {
    const isChanged = this.#asset !== null && sources(this.#asset) !== sources(asset);
    this.#asset = asset;
    if (!this.#image) return;
    this.#image.alt = asset.altText ?? "";
    if (isChanged) this.#image.srcset = sources(asset);
  }

  start() {
    const { width, height, contentType, altText, id } = this.#asset;
    if (!isShown(contentType)) return this.#fail();
    // Its place is as large as it will be, before anything of it has come.
    this.style.setProperty("--width", width);
    this.style.setProperty("--ratio", width / height);
    this.#image = h("img", {
      width,
      height,
      alt: altText ?? "",
      sizes: "(min-width: 72rem) 60vw, 100vw",
      srcset: sources(this.#asset),
      src: contentAddress(id),
      fetchpriority: "high",
      onerror: () => this.#fail(),
    });
    const opener = h(
      "button",
      { type: "button", class: "opener", "aria-label": texts.asset.openFull, title: texts.asset.openFull },
      this.#image,
    );
    opener.addEventListener("click", () => this.#open());
    fill(this, opener);
  }

  #fail() {
    this.#image = null;
    fill(this, h("p", { class: "missing" }, icon("pictures"), texts.asset.unshown));
  }

  async #open() {
    try {
      const { showWhole } = await import("../core/whole-picture.js");
      // Pressed twice, it opens once.
      if (!this.querySelector("dialog")) showWhole(this.#asset, this);
    } catch (error) {
      failed(error);
    }
  }
}

customElements.define("picture-view", PictureView);
