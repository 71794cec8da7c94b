import { api } from "../core/api.js";
import { pageAddress, pageQuery } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { errorNote, loadingNote } from "../core/notes.js";
import { icon, pageHead } from "../core/pieces.js";
import { go } from "../core/router.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";
import "../elements/workflow-editor.js";
import "../elements/workflow-list.js";

const words = texts.workflows;
const PATIENCE_MS = 150;

/** All workflows; with `?id=` one of them, with `?new=1` one to be made. */
class WorkflowsPage extends Component {
  #turn = 0;

  start() {
    const { signal } = this;
    this.addEventListener("saved", () => go("/workflows", {}, { replace: true }), { signal });
    this.addEventListener("discarded", () => this.#show(), { signal });
    // Those of skills in the editor are its own.
    this.addEventListener("changed", ({ target }) => target.localName === "workflow-list" && this.#show(), { signal });
    this.#show();
  }

  addressChanged() {
    this.#show();
  }

  async #show() {
    const turn = ++this.#turn;
    const wasEmpty = !this.hasChildNodes();
    const wait = setTimeout(() => fill(this, pageHead(texts.places.workflows), loadingNote()), PATIENCE_MS);
    try {
      const content = await this.#content();
      if (turn !== this.#turn || this.signal.aborted) return;
      fill(this, content);
      if (wasEmpty || this.contains(document.activeElement)) return;
      this.querySelector("h1").tabIndex = -1;
      this.querySelector("h1").focus();
    } catch (error) {
      if (error.name === "AbortError" || turn !== this.#turn) return;
      fill(this, pageHead(texts.places.workflows, pageQuery().id && backLink()), errorNote(error, () => this.#show()));
    } finally {
      clearTimeout(wait);
    }
  }

  async #content() {
    const { id, new: isNew } = pageQuery();
    const { signal } = this;
    const skills = session.can("assets.read") ? api.get("/assets/skills", { signal }) : [];
    if (id) {
      const workflow = api.get(`/system/workflows/${encodeURIComponent(id)}`, { signal });
      return this.#editor(...(await Promise.all([workflow, skills])));
    }
    if (isNew && session.can("settings.update")) return this.#editor(null, await skills);
    const workflows = api.get("/system/workflows", { signal });
    return this.#list(...(await Promise.all([workflows, skills])));
  }

  #list(workflows, skills) {
    const mayMake = session.can("settings.update") && workflows.length > 0;
    const href = pageAddress("/workflows", { new: 1 });
    const make = h("a", { class: "button main", href }, icon("plus"), words.make);
    const list = h("workflow-list", { ".workflows": workflows, ".skills": skills });
    return [pageHead(texts.places.workflows, mayMake && make), list];
  }

  #editor(workflow, skills) {
    const title = workflow === null ? words.make : session.can("settings.update") ? words.edit : workflow.name;
    return [pageHead(title, backLink()), h("workflow-editor", { ".workflow": workflow, ".skills": skills })];
  }
}

function backLink() {
  return h("a", { class: "button quiet", href: pageAddress("/workflows") }, icon("back"), words.back);
}

customElements.define("workflows-page", WorkflowsPage);
