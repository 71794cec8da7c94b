import { change, h } from "../core/dom.js";
import { icon } from "../core/pieces.js";
import { texts } from "../texts.js";

/**
 * One picture of a `photo-grid`: a link with the picture, which comes when `load` is called, what is
 * said of it, and a checkbox.
 */
export class PhotoTile extends HTMLElement {
  item = null;
  index = -1;
  #link = h("a", { class: "picture", tabindex: "-1" });
  #caption = h("div", { class: "caption" });
  #tick = null;
  #image = null;
  /** Where the picture is, until it is asked for. */
  #sources = null;
  #box = { x: 0, y: 0, width: 0, height: 0 };
  #total = null;
  #sizes = null;

  /** What gets the focus. */
  get link() {
    return this.#link;
  }

  /** Shows an item, once placed, as the grid's functions tell; what differs if it is shown already. */
  show(item, { picture, address, tile, isSelectable }) {
    const isNew = this.item === null;
    this.item = item;
    if (isNew) {
      this.setAttribute("role", "listitem");
      this.#link.setAttribute("href", address(item));
      this.append(this.#link, this.#caption);
    }
    this.#showPicture(picture(item));
    this.#showTick(isSelectable);
    const hadFocus = this.#caption.contains(document.activeElement);
    this.#caption.replaceChildren(tile(item) ?? "");
    if (hadFocus) this.#link.focus({ preventScroll: true });
  }

  /** Puts it where the layout has it; `total` is null if nobody knows how many there are. */
  place(layout, index, total) {
    if (this.index !== index || this.#total !== total) {
      this.setAttribute("aria-posinset", index + 1);
      this.setAttribute("aria-setsize", total ?? -1);
      this.#total = total;
      this.index = index;
    }
    const { x, y, width, height } = layout.box(index);
    const former = this.#box;
    if (former.x === x && former.y === y && former.width === width && former.height === height) return;
    this.#box = { x, y, width, height };
    this.style.setProperty("translate", `${x}px ${y}px`);
    this.style.setProperty("width", `${width}px`);
    this.style.setProperty("height", `${height}px`);
    if (this.#image && this.#sizes === null) this.#image.sizes = this.#width;
  }

  /** Asks for its picture, once. */
  load() {
    if (this.#sources) change(this.#image, this.#sources);
    this.#sources = null;
  }

  /** Goes for good. What is still on its way to it would hold up the pictures that are looked at. */
  leave() {
    if (!this.#image.complete) change(this.#image, { srcset: null, src: null });
    this.remove();
  }

  /** Lets Tab reach it, or not. */
  stop(isStop) {
    if ((this.#link.tabIndex === 0) !== isStop) this.#link.tabIndex = isStop ? 0 : -1;
  }

  /** Shows whether it is selected. */
  mark(isSelected) {
    this.toggleAttribute("data-selected", isSelected);
    const box = this.#tick?.firstChild;
    if (box) box.checked = isSelected;
  }

  #showPicture({ src, srcset = null, sizes = null, alt }) {
    const key = JSON.stringify([src, srcset, alt]);
    if (this.#image?.key === key) return;
    const { width, height } = this.item;
    this.#sizes = sizes;
    const given = { width, height, alt, sizes: sizes ?? this.#width };
    const image = h("img", { loading: "lazy", decoding: "async", ...given });
    this.#sources = { srcset, src };
    image.key = key;
    image.addEventListener("error", () => image === this.#image && this.#showBroken(alt));
    this.#image = image;
    this.#link.replaceChildren(image);
    // A picture that only decorates says nothing, but a link has a name.
    if (alt) this.#link.removeAttribute("aria-label");
    else this.#link.setAttribute("aria-label", nameOf(this.item));
  }

  /** How wide it is, which the layout alone knows, for the browser to choose among widths. */
  get #width() {
    return `${Math.ceil(this.#box.width)}px`;
  }

  #showBroken(alt) {
    this.#link.replaceChildren(
      h("span", { class: "broken" }, icon("pictures"), h("span", { dir: "auto" }, alt || nameOf(this.item))),
    );
  }

  #showTick(isSelectable) {
    if (!isSelectable) {
      this.#tick?.remove();
      this.#tick = null;
      return;
    }
    if (this.#tick === null) {
      this.#tick = h("label", { class: "select" }, h("input", { type: "checkbox", tabindex: "-1" }));
      this.append(this.#tick);
    }
    this.#tick.firstChild.setAttribute("aria-label", texts.grid.select(nameOf(this.item)));
  }
}

function nameOf(item) {
  return item.originalFileName || texts.grid.unnamed;
}

customElements.define("photo-tile", PhotoTile);
