import { publicAddress } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { bytes, moment, number } from "../core/format.js";
import { nameOf } from "../core/public-pictures.js";
import { texts } from "../texts.js";

/** What anybody may know of a picture, and its files. `picture` is set before it comes onto the page. */
class PictureFacts extends Component {
  picture = null;

  start() {
    const { picture } = this;
    fill(
      this,
      h("h1", { dir: "auto" }, nameOf(picture)),
      picture.description && h("p", { class: "description", dir: "auto" }, picture.description),
      h(
        "dl",
        {},
        fact(texts.gallery.size, size(picture)),
        fact(texts.gallery.date, h("time", { datetime: picture.createdAtUtc }, moment(picture.createdAtUtc))),
        picture.altText && fact(texts.gallery.altText, h("span", { dir: "auto" }, picture.altText)),
      ),
      h("h2", {}, texts.gallery.files),
      h("ul", { class: "files" }, original(picture), (picture.derivatives ?? []).toSorted(byWidth).map(rendition)),
    );
  }
}

function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

function original(picture) {
  const name = picture.originalFileName || true;
  return file(texts.gallery.original, picture, { href: publicAddress(picture.publicUrl), download: name });
}

function rendition(derivative) {
  const { kind } = derivative;
  const name = texts.gallery.kinds[kind] ?? (/^w\d+$/.test(kind) ? texts.gallery.wide(kind.slice(1)) : kind);
  return file(name, derivative, { href: publicAddress(derivative.publicUrl) });
}

function file(name, { contentType, ...measured }, link) {
  const type = contentType.split("/").at(-1).toUpperCase();
  return h("li", {}, h("a", link, name), h("span", {}, `${type}, ${size(measured)}`));
}

function size({ width, height, size: length }) {
  return `${number(width)} × ${number(height)}, ${bytes(length)}`;
}

function byWidth(one, other) {
  return one.width - other.width;
}

customElements.define("picture-facts", PictureFacts);
