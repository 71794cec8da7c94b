import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { button } from "../core/pieces.js";
import { uploads } from "../core/uploads.js";
import { texts } from "../texts.js";
import "./upload-row.js";

const NARROW = matchMedia("(max-width: 40rem)");
const words = texts.uploads;

/** All uploads of this tab, on whatever page; nothing while there are none. */
class UploadPanel extends Component {
  #rows = new Map();
  #title = h("h2");
  /** The title, when something begins or ends: not at every picture. */
  #said = h("p", { class: "unseen", role: "status" });
  #total = h("progress", { max: 1, "aria-label": words.total });
  #list = h("div", { role: "list", class: "rows" });
  #fold = button(words.fold, { icon: "chevron", look: "icon", onclick: () => this.#folds() });
  #stop = button(words.cancelAll, { look: "plain", onclick: () => this.#each("cancel") });
  #again = button(words.retryAll, { icon: "retry", look: "plain", onclick: () => this.#each("retry") });
  #close = button(texts.common.close, { icon: "close", look: "icon", onclick: () => this.#leave() });
  #isDrawn = true;
  #wasBusy = false;

  start() {
    this.hidden = true;
    const head = h("div", { class: "head" }, this.#title, this.#fold, this.#close);
    const foot = h("div", { class: "foot" }, this.#stop, this.#again);
    fill(this, h("section", { "aria-label": words.panel, tabindex: "-1" }, head, this.#total, this.#list, foot), this.#said);
    const { signal } = this;
    uploads.addEventListener("added", ({ detail }) => this.#fill(detail), { signal });
    uploads.addEventListener("change", ({ detail }) => this.#changed(detail), { signal });
    uploads.addEventListener("located", ({ detail }) => this.#ask(detail), { signal });
    this.#fill(uploads.all);
  }

  #fill(added) {
    const all = new Set(uploads.all);
    for (const [upload, row] of this.#rows) if (!all.has(upload)) (row.remove(), this.#rows.delete(upload));
    for (const upload of all) {
      if (this.#rows.has(upload)) continue;
      const row = h("upload-row", { ".upload": upload });
      this.#rows.set(upload, row);
      this.#place(upload, row);
    }
    this.hidden = all.size === 0;
    this.#draw();
    if (!added.length) return;
    this.#said.textContent = this.#title.textContent;
    this.#folds(NARROW.matches);
  }

  #leave() {
    uploads.clear();
    document.querySelector("main").focus({ preventScroll: true });
  }

  #changed(upload) {
    const row = this.#rows.get(upload);
    row?.changed();
    if (row && upload.problem && row !== this.#list.firstChild) this.#place(upload, row);
    if (!this.#isDrawn) return;
    this.#isDrawn = false;
    requestAnimationFrame(() => ((this.#isDrawn = true), this.#draw()));
  }

  /** What went wrong stands first. */
  #place(upload, row) {
    if (upload.problem) this.#list.prepend(row);
    else this.#list.append(row);
  }

  #draw() {
    const { all } = uploads;
    const count = (...states) => all.filter((each) => states.includes(each.state)).length;
    const stored = count("stored");
    const again = count("failed", "cancelled");
    const open = count("waiting", "sending");
    const title = open ? words.running(all.length - open, all.length) : words.over(stored, again + count("refused"));
    this.#title.textContent = title;
    this.#total.value = part(all);
    this.#total.hidden = open === 0;
    this.#close.hidden = open > 0;
    this.#stop.hidden = open === 0;
    this.#again.hidden = again === 0;
    if (open > 0 === this.#wasBusy) return;
    this.#wasBusy = open > 0;
    this.#said.textContent = title;
    const isRead = this.#wasBusy || stored < all.length || this.matches(":hover, :focus-within");
    if (!isRead) this.#folds(true);
  }

  #folds(isFolded = !this.hasAttribute("data-folded")) {
    this.toggleAttribute("data-folded", isFolded);
    this.#fold.setAttribute("aria-expanded", !isFolded);
    this.#fold.setAttribute("aria-label", isFolded ? words.unfold : words.fold);
    this.#fold.title = isFolded ? words.unfold : words.fold;
  }

  /** Does the same with all that it can be done with. */
  #each(what) {
    const states = what === "cancel" ? ["waiting", "sending"] : ["failed", "cancelled"];
    for (const upload of uploads.all.filter((each) => states.includes(each.state))) uploads[what](upload);
    this.querySelector("section").focus();
  }

  async #ask(assets) {
    const { publishAll, publishLocated } = await import("../core/publishing.js");
    if (await publishLocated(assets)) uploads.published(await publishAll(assets, true));
  }
}

/** Which part of all bytes that are to be sent has been sent. */
function part(all) {
  const counted = all.filter((each) => each.state !== "refused" && each.state !== "cancelled");
  const size = counted.reduce((sum, { file }) => sum + file.size, 0);
  const sent = counted.reduce((sum, { file, progress }) => sum + file.size * progress, 0);
  return size ? sent / size : 1;
}

customElements.define("upload-panel", UploadPanel);
