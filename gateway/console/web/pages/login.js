import { pageAddress, pageQuery } from "../core/address.js";
import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { traceNote } from "../core/notes.js";
import { button, field, icon } from "../core/pieces.js";
import { found, go } from "../core/router.js";
import { load, session, signIn } from "../core/session.js";
import { texts } from "../texts.js";

/** Where people sign in; afterwards they are where they wanted to go. */
class LoginPage extends Component {
  #username = h("input", { name: "username", autocomplete: "username", autocapitalize: "none", required: true });
  #password = h("input", {
    name: "password",
    type: "password",
    autocomplete: "current-password",
    required: true,
  });
  #submit = button(texts.login.submit, { look: "main", type: "submit" });
  #problem = h("div", { class: "problem", role: "alert" });

  start() {
    const form = h(
      "form",
      { onsubmit: (event) => this.#signIn(event) },
      h("h1", {}, texts.login.title),
      session.isLost && h("p", { role: "status" }, texts.login.isOver),
      field(texts.login.username, this.#username),
      field(texts.login.password, this.#password),
      this.#problem,
      this.#submit,
      h("p", { class: "hint" }, texts.login.hint),
    );
    fill(
      this,
      h("p", { class: "brand" }, icon("cat"), texts.shell.name),
      form,
      h("p", {}, h("a", { href: pageAddress("/gallery") }, texts.login.toGallery)),
    );
    this.#username.focus();
    // Who has signed in has nothing to do here, wherever that was.
    session.addEventListener("signedin", onward, { signal: this.signal });
    if (session.user) onward();
    else load().catch(() => {});
  }

  async #signIn(event) {
    event.preventDefault();
    fill(this.#problem);
    this.#submit.disabled = true;
    try {
      await signIn(this.#username.value, this.#password.value);
    } catch (error) {
      fill(this.#problem, h("p", {}, error.message), error.status === 401 ? null : traceNote(error.traceId));
      this.#password.select();
    } finally {
      this.#submit.disabled = false;
    }
  }
}

/** Goes to the page that was asked for, if it is one of ours. */
function onward() {
  const wanted = URL.parse(pageQuery().next ?? "/assets", "http://hub.invalid");
  const isOurs = wanted?.host === "hub.invalid" && found(wanted.pathname) && wanted.pathname !== "/login";
  const query = isOurs ? Object.fromEntries(wanted.searchParams) : {};
  go(isOurs ? wanted.pathname : "/assets", query, { replace: true });
}

customElements.define("login-page", LoginPage);
