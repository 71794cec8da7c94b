import { api } from "../core/api.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { traceNote } from "../core/notes.js";
import { button, complain, field, tick } from "../core/pieces.js";
import { isBuiltIn, originOf, PRESETS } from "../core/presets.js";
import { controlOf, made, NUMBERS, TRIED } from "../core/provider-fields.js";
import { tried } from "../core/provider-trial.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";
import "./trial-result.js";

const words = texts.providerForm;

/**
 * The fields of an AI provider. `profile` is set before it comes onto the page, null for a new one;
 * then `isActive` says whether that is to be active. `save` gives the saved profile, or undefined
 * after it has said what is wrong; `trial` is what the last test of the fields found.
 */
class ProviderForm extends Component {
  profile = null;
  isActive = true;
  #controls = made();
  #presetHint = h("p", { class: "hint", role: "status" });
  #result = document.createElement("trial-result");
  #problem = h("div", { class: "problem", role: "alert" });
  #labels = {};

  get trial() {
    return this.#result.trial?.result ? this.#result.trial : null;
  }

  start() {
    this.#begin();
    const { name, apiBaseUrl, apiKey, modelName, isActive } = this.#controls;
    this.#labels = {
      apiKey: field(words.key, apiKey, words.keyHint),
      modelName: field(words.model, modelName, words.modelHint),
    };
    fill(
      this,
      this.profile === null && this.#presets(),
      field(words.name, name),
      field(words.address, apiBaseUrl, words.addressHint),
      this.#labels.apiKey,
      this.#labels.modelName,
      tick(words.active, isActive, words.activeHint),
      this.#more(),
      session.can("aiProviders.update") && this.#tester(),
      this.#problem,
    );
    apiBaseUrl.addEventListener("input", () => this.#addressed());
    for (const key of TRIED) this.#controls[key].addEventListener("input", () => this.#outdated());
    this.#result.addEventListener("dismiss", () => this.#dismissed());
    this.#addressed();
  }

  /** Sends what is given; see above. */
  async save() {
    const fields = this.#read();
    if (fields === null) return undefined;
    try {
      if (this.profile === null) return await api.post("/system/ai/providers", { body: fields });
      const changes = Object.entries(fields).filter(([key, value]) => value !== this.profile[key]);
      const path = `/system/ai/providers/${this.profile.id}`;
      return await api.patch(path, { body: Object.fromEntries(changes) });
    } catch (error) {
      this.#refused(error);
      return undefined;
    }
  }

  #begin() {
    const { isActive, ...texted } = this.#controls;
    isActive.checked = this.profile?.isActive ?? this.isActive;
    if (this.profile === null) return;
    for (const [key, control] of Object.entries(texted)) {
      // What is shown of a key is none.
      if (key !== "apiKey") control.value = this.profile[key] ?? "";
    }
  }

  #presets() {
    const all = [...PRESETS, { id: "other", address: "", model: "", keysAt: null }];
    const options = all.map((preset) => {
      const onchange = () => this.#chosen(preset);
      const radio = h("input", { type: "radio", name: "preset", value: preset.id, onchange });
      return h("label", { class: "preset" }, radio, h("span", {}, words.presets[preset.id]));
    });
    return h("fieldset", {}, h("legend", {}, words.service), h("div", { class: "presets" }, options), this.#presetHint);
  }

  #chosen(preset) {
    const { id, address, model, keysAt } = preset;
    const { name, apiBaseUrl, apiKey, modelName } = this.#controls;
    const isOurs = name.value === "" || PRESETS.some((each) => words.presets[each.id] === name.value);
    if (isOurs) name.value = id === "other" ? "" : words.presets[id];
    apiBaseUrl.value = address;
    modelName.value = model;
    // A key that was meant for one service is not sent to another.
    apiKey.value = keysAt === null && id !== "other" ? words.anyKey : "";
    hintOf(this.#labels.modelName).textContent = words.modelHints[id] ?? words.modelHint;
    const link = keysAt && h("a", { href: keysAt, target: "_blank", rel: "noreferrer" }, words.keysAt);
    fill(this.#presetHint, words.presetHints[id], link && " ", link);
    for (const control of [name, apiBaseUrl, apiKey, modelName]) complain(control, "");
    this.#outdated();
    this.#addressed();
  }

  /** Says what becomes of the key, and leaves out what the built-in engine does not need. */
  #addressed() {
    const { value } = this.#controls.apiBaseUrl;
    this.#labels.apiKey.hidden = isBuiltIn(value);
    this.#labels.modelName.hidden = isBuiltIn(value);
    if (this.profile === null) return;
    const { apiBaseUrl, apiKey } = this.profile;
    const elsewhere = apiKey ? words.keyElsewhere(originOf(apiBaseUrl)) : words.keyNeeded;
    hintOf(this.#labels.apiKey).textContent = this.#isElsewhere() ? elsewhere : words.keptKey(apiKey);
    if (!this.#isElsewhere()) complain(this.#controls.apiKey, "");
  }

  /** Whether the address is another than the one that the saved key belongs to. */
  #isElsewhere() {
    const { value } = this.#controls.apiBaseUrl;
    const origin = originOf(value);
    if (this.profile === null || origin === null || isBuiltIn(value)) return false;
    return origin !== originOf(this.profile.apiBaseUrl);
  }

  #more() {
    const { defaultSystemPrompt: prompt, ...rest } = this.#controls;
    const isUsed = [prompt, ...Object.keys(NUMBERS).map((key) => rest[key])].some(({ value }) => value !== "");
    return h(
      "details",
      { open: isUsed },
      h("summary", {}, words.more),
      field(words.prompt, prompt, words.promptHint),
      h(
        "div",
        { class: "pairs" },
        field(words.inputPrice, rest.inputPricePerMillion, words.priceHint),
        field(words.outputPrice, rest.outputPricePerMillion, words.priceHint),
        field(words.budget, rest.monthlyBudget, words.budgetHint),
        field(words.fallbackOrder, rest.fallbackOrder, words.fallbackHint),
      ),
    );
  }

  #tester() {
    const test = button(words.test, { icon: "spark", "data-action": "test", onclick: () => this.#test() });
    return h("div", { class: "tester" }, test, h("p", { class: "hint" }, words.testHint), this.#result);
  }

  async #test() {
    const fields = this.#read();
    if (fields === null || this.#result.trial?.stop) return;
    const { apiBaseUrl, apiKey, modelName, defaultSystemPrompt } = fields;
    const body = { apiBaseUrl, apiKey, modelName, defaultSystemPrompt: defaultSystemPrompt ?? "" };
    if (this.profile !== null) body.profileId = this.profile.id;
    const trial = await tried(body, this.signal, (running) => (this.#result.trial = running));
    if (this.signal.aborted) return;
    this.#result.trial = trial;
    if (trial?.error && this.#complained(trial.error)) this.#dismissed();
    else if (trial === null) this.#dismissed();
    else this.#result.scrollIntoView({ block: "nearest" });
  }

  /** What was found out, or is being found out, is of other fields than these. */
  #outdated() {
    this.#result.trial?.stop?.();
    this.#result.trial = null;
  }

  #dismissed() {
    this.#result.trial = null;
    if (!this.contains(document.activeElement)) this.querySelector("[data-action=test]").focus();
  }

  /** What is given; null after it has said what is wrong with it. */
  #read() {
    fill(this.#problem);
    for (const key of Object.keys(this.#controls)) if (key !== "isActive") complain(this.#controls[key], "");
    const wrong = Object.keys(NUMBERS).filter((key) => this.#controls[key].validity.badInput);
    for (const key of wrong) this.#complain(key, words.noNumber);
    if (this.#isElsewhere() && !this.#controls.apiKey.value) this.#complain("apiKey", words.keyNeeded);
    if (this.querySelector("[aria-invalid]")) return null;
    return this.#fields();
  }

  #fields() {
    const { isActive, apiKey, defaultSystemPrompt, ...rest } = this.#controls;
    const fields = { isActive: isActive.checked, defaultSystemPrompt: defaultSystemPrompt.value.trim() || null };
    for (const [key, { value, valueAsNumber }] of Object.entries(rest)) {
      if (key in NUMBERS) fields[key] = value === "" ? null : valueAsNumber;
      else fields[key] = value.trim();
    }
    const isLocal = isBuiltIn(fields.apiBaseUrl);
    if (apiKey.value && !isLocal) fields.apiKey = apiKey.value;
    if (isLocal) delete fields.modelName;
    return fields;
  }

  #refused(error) {
    if (this.#complained(error)) return;
    fill(this.#problem, h("p", {}, error.message), traceNote(error.traceId));
    this.#problem.scrollIntoView({ block: "nearest" });
  }

  /** Says it at the control that it is about, if it is about one that is shown. */
  #complained(error) {
    const key = controlOf(error);
    if (!key || this.#labels[key]?.hidden) return false;
    this.#complain(key, error.message);
    return true;
  }

  #complain(key, text) {
    const control = this.#controls[key];
    complain(control, text);
    const details = control.closest("details");
    if (details) details.open = true;
    this.querySelector("[aria-invalid]").focus();
  }
}

function hintOf(label) {
  return label.querySelector(".hint");
}

customElements.define("provider-form", ProviderForm);
