import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { badge, tick } from "../core/pieces.js";
import { failed } from "../core/toast.js";
import { texts } from "../texts.js";
import "./editable-text.js";

const TEXT_CHARACTERS = 1000;
const NAME_CHARACTERS = 255;

/**
 * What people may change of an asset: its texts, its file name, and who sees it. `mayEdit`, `read`,
 * which gives the asset as it is now, and `save`, which is given what changes and gives the asset as it
 * is then, are set before it comes onto the page; `asset` at any time.
 */
class AssetTexts extends Component {
  mayEdit = false;
  read = async () => {};
  save = async () => {};
  #asset = null;
  #fields = [];
  #isPublic = h("input", { type: "checkbox", role: "switch" });

  set asset(asset) {
    this.#asset = asset;
    if (this.isConnected) this.#update();
  }

  start() {
    this.#fields = [
      this.#field("description", { isLong: true, limit: TEXT_CHARACTERS, hint: texts.asset.lastWord }),
      this.#field("altText", {
        isLong: true,
        limit: TEXT_CHARACTERS,
        hint: texts.asset.lastWord,
        decorative: texts.asset.decorative,
      }),
      this.#field("originalFileName", { limit: NAME_CHARACTERS, hint: texts.asset.fileNameHint }),
    ];
    this.#isPublic.onchange = () => this.#publish();
    fill(this, h("h2", {}, texts.asset.about), this.#fields, h("div", { class: "visibility" }));
    this.#update();
  }

  #field(of, given) {
    const read = async () => (await this.read())[of];
    const save = async (value) => (await this.save({ [of]: value }))[of];
    const { mayEdit } = this;
    const value = this.#asset[of];
    const draftId = `${this.#asset.id}.${of}`;
    const own = { of, mayEdit, draftId, read, save, value };
    return Object.assign(h("editable-text"), { ...texts.asset.fields[of], ...given, ...own });
  }

  #update() {
    for (const each of this.#fields) each.value = this.#asset[each.of];
    const { isPublic } = this.#asset;
    this.#isPublic.checked = isPublic;
    const place = this.querySelector(".visibility");
    const hint = isPublic ? texts.asset.publicHint : texts.asset.privateHint;
    if (!this.mayEdit) {
      fill(place, badge(isPublic ? texts.asset.public : texts.asset.private), h("p", { class: "hint" }, hint));
    } else if (place.firstChild) place.querySelector(".hint").textContent = hint;
    else fill(place, tick(texts.asset.isPublic, this.#isPublic, hint));
  }

  async #publish() {
    const isPublic = this.#isPublic.checked;
    try {
      const isAsked = isPublic && this.#asset.hasLocation;
      if (!isAsked || (await mayTellWhere(this.#asset))) await this.save({ isPublic });
    } catch (error) {
      failed(error);
    }
    this.#update();
  }
}

async function mayTellWhere(asset) {
  const { publishLocated } = await import("../core/publishing.js");
  return publishLocated([asset]);
}

customElements.define("asset-texts", AssetTexts);
