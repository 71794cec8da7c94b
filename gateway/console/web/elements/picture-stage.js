import { publicAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { icon } from "../core/pieces.js";
import { altOf, inLarge, nameOf } from "../core/public-pictures.js";

/** What is around a picture on its page, so that the browser can choose among widths before it has laid out. */
const AROUND = { width: "2rem", height: "13rem" };

/**
 * A public picture, as large as the screen and its pixels allow. `picture` is set before it comes
 * onto the page. It tells "shown" when the picture has come.
 */
class PictureStage extends Component {
  picture = null;

  start() {
    const { picture } = this;
    this.style.setProperty("--ratio", picture.width / picture.height || 1);
    this.style.setProperty("--width", `${picture.width}px`);
    const preview = h("img", { class: "preview", src: publicAddress(picture.thumbnailUrl), alt: "" });
    const image = h("img", { ...shown(picture), alt: altOf(picture), decoding: "async", fetchpriority: "high" });
    preview.addEventListener("error", () => preview.remove());
    image.addEventListener("load", () => (preview.remove(), this.tell("shown")));
    image.addEventListener("error", () => fill(image.parentNode, broken(picture)));
    fill(this, h("div", { class: "frame" }, preview, image));
  }
}

/** Has a picture loaded before somebody wants to see it. */
export function preload(picture) {
  Object.assign(new Image(), shown(picture));
}

function shown(picture) {
  const { width, height, publicUrl } = picture;
  const ratio = width / height || 1;
  const room = `min(100vw - ${AROUND.width}, (100vh - ${AROUND.height}) * ${ratio.toFixed(4)}, ${width}px)`;
  return { width, height, sizes: room, srcset: inLarge(picture), src: publicAddress(publicUrl) };
}

function broken(picture) {
  return h("p", { class: "broken" }, icon("pictures"), h("span", { dir: "auto" }, altOf(picture) || nameOf(picture)));
}

customElements.define("picture-stage", PictureStage);
