/** Pictures on their way to the hub. They go on while pages of the console come and go. */

import { texts } from "../texts.js";
import { api } from "./api.js";
import { bytes } from "./format.js";
import { newKey } from "./http.js";
import { limits, typeName } from "./limits.js";
import { session } from "./session.js";
import { toast } from "./toast.js";
import { NO_SKILL } from "./upload-options.js";
import { upload } from "./upload.js";

const AT_ONCE = 3;
/** Refusals that may not come again; all other 4xx do, however often a file is sent. */
const MAY_PASS = new Set([401, 403, 408, 429]);
const UNKNOWN = { maxUploadSizeBytes: Infinity, allowedContentTypes: [] };

/**
 * The queue of this tab. Each upload has `file`, `state` ("waiting", "sending", "stored", "refused",
 * "failed" or "cancelled"), `progress` from 0 to 1, `problem`, which is an error or null, and `asset`,
 * once it is stored. Told are "added", "change" of one upload, "stored", "updated" for an asset that
 * was made public, and "located": assets that would be public, but tell where they were taken.
 */
export const uploads = new (class extends EventTarget {
  #all = [];
  #located = [];
  #publishing = 0;

  /** All of them, those that were given first first. */
  get all() {
    return this.#all;
  }

  /** Whether something is still to be sent. */
  get isBusy() {
    return this.#publishing > 0 || this.#all.some(isOpen);
  }

  /** Takes files, with the options that count for them. */
  async add(files, options) {
    const allowed = await limits().catch(() => UNKNOWN);
    const added = files.map((file) => begun(file, options, refusal(file, allowed)));
    this.#all = [...this.#all, ...added];
    this.#tell("added", added);
    this.#goOn();
  }

  /** Ends one that has not been stored. */
  cancel(each) {
    if (!isOpen(each)) return;
    each.controller.abort();
    this.#becomes(each, "cancelled");
    this.#goOn();
  }

  /** Sends one again, which is stored once all the same. */
  retry(each) {
    each.controller = new AbortController();
    each.problem = null;
    this.#becomes(each, "waiting");
    this.#goOn();
  }

  /** Takes over what was made public after all. */
  published({ done }) {
    for (const { result } of done) this.#tell("updated", result);
  }

  /** Forgets those that have come to their end. */
  clear() {
    this.#all = this.#all.filter(isOpen);
    this.#tell("added", []);
  }

  /** Ends and forgets all. */
  stop() {
    for (const each of this.#all) each.controller.abort();
    this.#all = [];
    this.#located = [];
    this.#tell("added", []);
    this.#guard();
  }

  #goOn() {
    this.#guard();
    const sending = this.#all.filter((each) => each.state === "sending").length;
    const waiting = this.#all.filter((each) => each.state === "waiting");
    for (const each of waiting.slice(0, AT_ONCE - sending)) this.#send(each);
    if (!this.isBusy && this.#located.length) this.#tell("located", this.#located.splice(0));
  }

  async #send(each) {
    this.#becomes(each, "sending");
    const { signal } = each.controller;
    try {
      const asset = await upload(each.file, {
        fields: fieldsOf(each.options),
        key: each.key,
        onProgress: (part) => this.#proceeds(each, part),
        signal,
      });
      if (signal.aborted) return;
      each.asset = asset;
      this.#becomes(each, "stored");
      if (each.options.isPublic) this.#publish(each);
      // The next one is under way while this one is drawn.
      this.#goOn();
      this.#tell("stored", each);
      return;
    } catch (error) {
      if (signal.aborted) return;
      each.problem = error;
      this.#becomes(each, isFinal(error) ? "refused" : "failed");
    }
    this.#goOn();
  }

  /** A place is private until its owner has said that everybody may know it. */
  async #publish(each) {
    if (each.asset.hasLocation) {
      this.#located.push(each.asset);
      return;
    }
    this.#publishing += 1;
    try {
      const { signal } = each.controller;
      each.asset = await api.patch(`/assets/${each.asset.id}`, { body: { isPublic: true }, signal });
      this.#tell("updated", each.asset);
    } catch (error) {
      if (error.name === "AbortError") return;
      each.problem = error;
      this.#tell("change", each);
    } finally {
      this.#publishing -= 1;
      this.#goOn();
    }
  }

  #proceeds(each, part) {
    each.progress = part;
    this.#tell("change", each);
  }

  #becomes(each, state) {
    each.state = state;
    if (state === "waiting") each.progress = 0;
    if (state === "stored") each.progress = 1;
    this.#tell("change", each);
  }

  /** Whoever closes the tab while pictures are sent is asked. */
  #guard() {
    if (this.isBusy) window.addEventListener("beforeunload", ask);
    else window.removeEventListener("beforeunload", ask);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
})();

session.addEventListener("signedout", () => {
  const lost = uploads.all.filter(isOpen).length;
  uploads.stop();
  // Another person may sign in, so they do not wait for that.
  if (lost) toast(texts.uploads.lost(lost), { isError: true });
});
window.addEventListener("online", () => {
  for (const each of uploads.all) if (each.state === "failed" && each.problem.code === "offline") uploads.retry(each);
});

function ask(event) {
  event.preventDefault();
}

function isFinal({ status = 0 }) {
  return status >= 400 && status < 500 && !MAY_PASS.has(status);
}

function isOpen(each) {
  return each.state === "waiting" || each.state === "sending";
}

function begun(file, options, problem) {
  return {
    file,
    options,
    key: newKey(),
    state: problem ? "refused" : "waiting",
    progress: 0,
    problem,
    asset: null,
    controller: new AbortController(),
  };
}

/** Why a file need not be sent; null if it may be. */
function refusal(file, { maxUploadSizeBytes, allowedContentTypes }) {
  const words = texts.uploads.refused;
  if (file.size === 0) return new Error(words.empty);
  if (file.size > maxUploadSizeBytes) return new Error(words.large(bytes(file.size), bytes(maxUploadSizeBytes)));
  if (allowedContentTypes.length && !allowedContentTypes.includes(file.type)) {
    return new Error(words.type(file.type, allowedContentTypes.map(typeName).join(", ")));
  }
  return null;
}

function fieldsOf({ skill }) {
  const private_ = { isPublic: "false" };
  if (skill === NO_SKILL) return { ...private_, runEnrichment: "false" };
  return skill ? { ...private_, skill } : private_;
}
