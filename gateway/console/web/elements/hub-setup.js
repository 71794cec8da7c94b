import { pageAddress } from "../core/address.js";
import { api } from "../core/api.js";
import { Component } from "../core/component.js";
import { h } from "../core/dom.js";
import { bytes } from "../core/format.js";
import { loadInto } from "../core/loading.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";

const words = texts.settings.setup;

/** How the hub is set up, as far as who has signed in may know, and where each is changed. */
class HubSetup extends Component {
  start() {
    loadInto(this, () => read(this.signal), drawn);
  }
}

/** Each is null for who may not read it. */
async function read(signal) {
  const get = (permission, path) => (session.can(permission) ? api.get(path, { signal }) : null);
  const [limits, skills, workflows, providers] = await Promise.all([
    api.open("/system/bootstrap", { signal }),
    get("assets.read", "/assets/skills"),
    get("settings.read", "/system/workflows"),
    get("aiProviders.read", "/system/ai/providers"),
  ]);
  return { limits, skills, workflows, providers };
}

function drawn({ limits, skills, workflows, providers }) {
  return [
    h(
      "dl",
      { class: "facts" },
      fact(words.limit, words.upTo(bytes(limits.maxUploadSizeBytes))),
      fact(words.types, limits.allowedContentTypes.map(short).join(", ")),
      workflows !== null && fact(words.autoRun, autoRun(workflows), "/workflows"),
      skills?.length > 0 && fact(words.skill, skill(skills[0])),
      providers !== null && fact(words.provider, active(providers), "/ai-providers"),
      providers !== null && fact(words.fallbacks, fallbacks(providers), "/ai-providers"),
    ),
    h("p", { class: "hint" }, words.variables),
  ];
}

function fact(term, told, path = null) {
  const link =
    path && h("a", { href: pageAddress(path), "aria-label": words.changeOf(term) }, words.change);
  return h("div", {}, h("dt", {}, term), h("dd", {}, told, link && " ", link));
}

function short(type) {
  return type.replace(/^image\//, "");
}

function autoRun(workflows) {
  const found = workflows.find((workflow) => workflow.isAutoRun);
  return found ? words.runs(h("bdi", {}, found.name)) : words.noAutoRun;
}

function skill({ skillName, steps }) {
  return [h("bdi", {}, skillName), `: ${steps.join(", ")}`];
}

function active(providers) {
  const found = providers.find((profile) => profile.isActive);
  return found ? named(found) : words.noProvider;
}

function fallbacks(providers) {
  const waiting = providers.filter((profile) => !profile.isActive && profile.fallbackOrder !== null);
  if (waiting.length === 0) return texts.common.none;
  waiting.sort((one, other) => one.fallbackOrder - other.fallbackOrder);
  return h("ol", {}, waiting.map((profile) => h("li", {}, named(profile))));
}

function named({ name, modelName }) {
  return [h("bdi", {}, name), " (", h("bdi", {}, modelName), ")"];
}

customElements.define("hub-setup", HubSetup);
