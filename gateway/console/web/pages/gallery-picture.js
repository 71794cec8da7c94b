import { pageAddress, publicAddress } from "../core/address.js";
import { Component, unlessAborted } from "../core/component.js";
import { copyButton } from "../core/copying.js";
import { fill, h } from "../core/dom.js";
import { errorNote, loadingNote, messageNote } from "../core/notes.js";
import { icon } from "../core/pieces.js";
import { altOf, galleryAddress, galleryFeed, nameOf, publicPicture } from "../core/public-pictures.js";
import { go, isPlain, keep, kept } from "../core/router.js";
import { onSwipe } from "../core/swipe.js";
import { failed } from "../core/toast.js";
import { texts } from "../texts.js";
import "../elements/picture-facts.js";
import { preload } from "../elements/picture-stage.js";

/** What the entry of the history keeps if the gallery is the one before it. */
const FROM_GALLERY = "from-gallery";
const WAIT_MS = 150;
const KEYS = { ArrowLeft: -1, ArrowRight: 1 };

/** Which way somebody pressed to come here, so that it can be pressed again; 0 for neither. */
let pressed = 0;

/** One public picture, and the way to those beside it in the list that one came from. */
class GalleryPicturePage extends Component {
  #feed = null;
  #picture = null;
  #before = h("div", { class: "way" });
  #after = h("div", { class: "way" });
  #place = h("span", { class: "place" });
  #actions = h("div", { class: "actions" });
  #content = h("div", { class: "content", tabindex: "-1" });

  start() {
    const { signal } = this;
    this.#feed = galleryFeed(this.params.id);
    if (this.#feed) {
      keep(FROM_GALLERY, true);
      this.#feed.visited = this.params.id;
    }
    fill(this, this.#bar(), this.#content);
    window.addEventListener("keydown", (event) => this.#key(event), { signal });
    this.addEventListener("shown", () => this.#preload(), { signal });
    const known = this.#beside(0);
    if (known?.derivatives) this.#show(known);
    this.#load();
    this.#drawWays();
    this.#findNext();
  }

  #bar() {
    const back = h(
      "a",
      { class: "button quiet", href: pageAddress("/gallery"), onclick: (event) => this.#followBack(event) },
      icon("back"),
      texts.gallery.title,
    );
    return h("div", { class: "bar" }, back, this.#place, this.#actions);
  }

  async #load() {
    const wait = setTimeout(() => this.#picture || fill(this.#content, loadingNote()), WAIT_MS);
    try {
      const picture = await unlessAborted(() => publicPicture(this.params.id, this.signal));
      if (picture) this.#show(picture);
    } catch (error) {
      this.#failed(error);
    } finally {
      clearTimeout(wait);
    }
  }

  /** Shows the picture, first as the list has it, then as it is. What looks the same is not drawn again. */
  #show(picture) {
    const isShown = this.#picture !== null && sameLook(picture, this.#picture);
    this.#picture = picture;
    document.title = texts.gallery.pictureTitle(nameOf(picture));
    const facts = h("picture-facts", { ".picture": picture });
    if (isShown) {
      this.#content.lastChild.replaceWith(facts);
      return;
    }
    const stage = h("picture-stage", { ".picture": picture });
    const around = h("div", { class: "around" }, this.#before, stage, this.#after);
    onSwipe(around, (distance) => this.#turn(distance), this.signal);
    fill(this.#content, around, facts);
    const address = new URL(galleryAddress(picture.id), location.href).href;
    fill(this.#actions, copyButton(texts.gallery.copyLink, () => address), downloadLink(picture));
    // The shell gives the page the focus after its elements have come.
    queueMicrotask(() => this.#pressAgain());
  }

  #pressAgain() {
    const way = { [-1]: this.#before, 1: this.#after }[pressed];
    pressed = 0;
    way?.firstChild?.focus({ preventScroll: true });
  }

  #failed(error) {
    this.#picture = null;
    fill(this.#actions);
    const isGone = error.status === 404;
    document.title = isGone ? texts.gallery.pictureTitle(texts.gallery.gone) : document.title;
    const note = isGone ? messageNote(texts.gallery.gone, texts.gallery.goneHint) : errorNote(error, () => this.#again());
    fill(this.#content, note);
  }

  #again() {
    // The button goes, and with it the focus.
    this.#content.focus({ preventScroll: true });
    this.#load();
  }

  /** The picture so many after this one in the list; undefined if there is none. */
  #beside(distance) {
    return this.#feed?.items[this.#feed.indexOf(this.params.id) + distance];
  }

  #drawWays() {
    if (!this.#feed) return;
    const at = this.#feed.indexOf(this.params.id) + 1;
    this.#place.textContent = texts.gallery.place(at, this.#feed.total, this.#feed.totalIsCapped);
    fill(this.#before, this.#way(-1, texts.gallery.previous));
    fill(this.#after, this.#way(1, texts.gallery.next));
  }

  #way(distance, text) {
    const item = this.#beside(distance);
    if (!item) return null;
    const onclick = (event) => isPlain(event) && (event.preventDefault(), (pressed = distance), this.#turn(distance));
    const link = h("a", { class: "button icon", href: galleryAddress(item.id), title: text, "aria-label": text, onclick });
    link.append(icon("chevron"));
    return link;
  }

  /** The list may go on after what was loaded of it. */
  async #findNext() {
    if (!this.#feed || this.#beside(1) || this.#feed.isComplete) return;
    try {
      await unlessAborted(() => this.#feed.more(this.signal));
      this.#drawWays();
    } catch (error) {
      failed(error);
    }
  }

  #preload() {
    for (const item of [this.#beside(1), this.#beside(-1)]) if (item) preload(item);
  }

  /** Goes to a picture beside this one. "Back" leads to the gallery still. */
  #turn(distance) {
    const item = this.#beside(distance);
    if (!item) return;
    // Somebody may go back before it is shown.
    this.#feed.visited = item.id;
    go(`/gallery/${item.id}`, {}, { replace: true });
  }

  #key(event) {
    const isTaken = event.defaultPrevented || event.target.closest?.("input, textarea, select, dialog, [popover]");
    if (isTaken || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (event.key === "Escape") this.#back();
    else if (event.key in KEYS) this.#turn(KEYS[event.key]);
  }

  #followBack(event) {
    if (!isPlain(event)) return;
    event.preventDefault();
    this.#back();
  }

  #back() {
    if (kept(FROM_GALLERY)) history.back();
    else go("/gallery");
  }
}

function downloadLink({ publicUrl, originalFileName }) {
  const link = { class: "button quiet", href: publicAddress(publicUrl), download: originalFileName || true };
  return h("a", link, icon("download"), h("span", { class: "label" }, texts.gallery.download));
}

function sameLook(one, other) {
  return one.publicUrl === other.publicUrl && altOf(one) === altOf(other);
}

customElements.define("gallery-picture-page", GalleryPicturePage);
