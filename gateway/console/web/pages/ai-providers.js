import { pageAddress } from "../core/address.js";
import { api } from "../core/api.js";
import { Component } from "../core/component.js";
import { confirm, open } from "../core/dialog.js";
import { fill, h } from "../core/dom.js";
import { loadInto } from "../core/loading.js";
import { emptyNote } from "../core/notes.js";
import { button, icon, pageHead } from "../core/pieces.js";
import { isBuiltIn } from "../core/presets.js";
import { tried } from "../core/provider-trial.js";
import { session } from "../core/session.js";
import { failed, toast } from "../core/toast.js";
import { texts } from "../texts.js";
import "../elements/provider-card.js";
import "../elements/provider-form.js";

const words = texts.providers;
const formWords = texts.providerForm;

/** The models that are asked: made, tried out, chosen and deleted here. */
class AiProvidersPage extends Component {
  #profiles = [];
  #trials = new Map();
  #cards = new Map();
  #content = h("div");

  start() {
    fill(
      this,
      pageHead(
        texts.places["ai-providers"],
        h("a", { class: "button quiet", href: `${pageAddress("/settings")}#usage` }, icon("runs"), words.usage),
        session.can("aiProviders.create") && this.#adder("main", { "data-focus": "add" }),
      ),
      this.#content,
    );
    this.addEventListener("act", ({ detail }) => this.#act(detail), { signal: this.signal });
    this.#load();
  }

  #adder(look, more = {}) {
    return button(words.add, { icon: "plus", look, onclick: () => this.#create(), ...more });
  }

  async #load() {
    const held = this.#held();
    const load = () => api.get("/system/ai/providers", { signal: this.signal });
    await loadInto(this.#content, load, (profiles) => this.#drawn(profiles));
    this.#hold(held);
  }

  #drawn(profiles) {
    this.#profiles = profiles.toSorted(inOrder);
    this.#cards.clear();
    if (profiles.length === 0) {
      const add = session.can("aiProviders.create") ? this.#adder("quiet") : null;
      return [this.#notice(), emptyNote("spark", words.empty, words.emptyHint, add)];
    }
    const cards = this.#profiles.map((profile) => {
      const card = document.createElement("provider-card");
      Object.assign(card, { profile, trial: this.#trials.get(profile.id) ?? null });
      card.addEventListener("dismiss", () => this.#tried(profile.id, null));
      this.#cards.set(profile.id, card);
      return h("li", {}, card);
    });
    return [this.#notice(), h("ul", { class: "providers" }, cards)];
  }

  #notice() {
    const active = this.#profiles.find((profile) => profile.isActive);
    if (!active) return h("div", { class: "banner", role: "status" }, icon("alert"), h("p", {}, words.noneActive));
    if (!isBuiltIn(active.apiBaseUrl)) return null;
    const more = session.can("aiProviders.create") && ` ${words.builtInAloneHint}`;
    return h("div", { class: "banner gentle", role: "status" }, icon("eye"), h("p", {}, words.builtInAlone, more));
  }

  #act({ action, profile }) {
    if (action === "test") this.#test(profile);
    else if (action === "edit") this.#edit(profile);
    else if (action === "switch") this.#switch(profile);
    else this.#delete(profile);
  }

  async #create() {
    const active = this.#profiles.find((profile) => profile.isActive);
    const isActive = !active || isBuiltIn(active.apiBaseUrl);
    await this.#form({ isActive }, formWords.createTitle, words.created);
  }

  async #edit(profile) {
    await this.#form({ profile }, formWords.editTitle(named(profile)), words.changed);
  }

  async #form(given, title, told) {
    const form = Object.assign(document.createElement("provider-form"), given);
    const saved = await open({ title, content: form, isWide: true, submit: () => form.save(), submitText: texts.common.save });
    if (saved === null) return;
    if (form.trial) this.#trials.set(saved.id, form.trial);
    toast(told(named(saved)));
    await this.#load();
    // What was found out of fields that were not saved yet the hub does not keep.
    if (form.trial?.result.succeeded && saved.capabilities === null && !isBuiltIn(saved.apiBaseUrl)) this.#test(saved);
  }

  async #test({ id }) {
    if (this.#trials.get(id)?.stop) return;
    const trial = await tried({ profileId: id }, this.signal, (running) => this.#tried(id, running));
    if (this.signal.aborted) return;
    this.#tried(id, trial);
    // What was found out is the profile's now.
    if (trial?.result) await this.#load();
  }

  #tried(id, trial) {
    if (trial === null) this.#trials.delete(id);
    else this.#trials.set(id, trial);
    const card = this.#cards.get(id);
    if (!card) return;
    const hadFocus = card.contains(document.activeElement);
    card.trial = trial;
    if (hadFocus && !card.contains(document.activeElement)) card.querySelector("[data-action=test]").focus();
  }

  async #switch(profile) {
    const isActive = !profile.isActive;
    try {
      await api.patch(`/system/ai/providers/${profile.id}`, { body: { isActive } });
      toast((isActive ? words.activated : words.deactivated)(named(profile)));
    } catch (error) {
      failed(error);
    }
    await this.#load();
  }

  async #delete(profile) {
    const content = [
      profile.isActive && h("p", {}, words.deleteActive),
      !profile.isActive && profile.fallbackOrder !== null && h("p", {}, words.deleteFallback),
      h("p", {}, words.deleteHint),
    ];
    const title = words.deleteTitle(named(profile));
    if (!(await confirm({ title, content, action: texts.common.delete, isDangerous: true }))) return;
    const at = this.#profiles.indexOf(profile);
    try {
      await api.delete(`/system/ai/providers/${profile.id}`);
      this.#trials.delete(profile.id);
      toast(words.deleted(named(profile)));
    } catch (error) {
      failed(error);
    }
    await this.#load();
    const next = this.#profiles[Math.min(at, this.#profiles.length - 1)];
    const to = this.#cards.get(next?.id)?.querySelector("button") ?? this.querySelector("[data-focus=add]");
    to?.focus();
  }

  /** What has the focus, by what it is and not by the element, which is made anew. */
  #held() {
    const { activeElement: focused } = document;
    const card = focused?.closest("provider-card");
    return card ? { id: card.profile.id, action: focused.dataset.action } : null;
  }

  #hold(held) {
    if (held === null) return;
    const buttons = this.#cards.get(held.id)?.querySelectorAll("[data-action]") ?? [];
    const same = [...buttons].find((each) => each.dataset.action === held.action);
    (same ?? buttons[0])?.focus({ preventScroll: true });
  }
}

/** Those that are asked stand first, in the order in which they are. */
function inOrder(one, other) {
  const place = ({ isActive, fallbackOrder }) => (isActive ? 0 : (fallbackOrder ?? Infinity));
  const [first, second] = [place(one), place(other)];
  return first === second ? one.createdAtUtc.localeCompare(other.createdAtUtc) : first - second;
}

function named(profile) {
  return h("bdi", {}, profile.name);
}

customElements.define("ai-providers-page", AiProvidersPage);
