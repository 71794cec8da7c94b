import { Component } from "../core/component.js";
import { fill, h } from "../core/dom.js";
import { AREAS, EVERYBODY, VERBS } from "../core/permissions.js";
import { session } from "../core/session.js";
import { texts } from "../texts.js";

/** What a user may do, as ticks. `granted` is set before it comes onto the page, `read` gives what is ticked. */
class PermissionTable extends Component {
  granted = [];
  #boxes = new Map();

  start() {
    this.#boxes.clear();
    // On a phone the rows are blocks, and what is a block is no row for who does not see it.
    const head = ["", ...VERBS].map((verb) =>
      h("th", { scope: "col", role: "columnheader" }, verb && texts.users.verbs[verb]),
    );
    const rows = Object.entries(AREAS).map(([area, verbs]) => this.#row(area, verbs));
    fill(
      this,
      h(
        "table",
        { role: "table", "aria-label": texts.users.permissions },
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, head)),
        h("tbody", { role: "rowgroup" }, rows),
      ),
      h("p", { class: "hint" }, texts.users.everybodyMay),
      this.#isLimited() && h("p", { class: "hint" }, texts.users.mayNotGrant),
    );
  }

  /** The permissions that are ticked. */
  read() {
    return [...this.#boxes].filter(([, box]) => box.checked).map(([permission]) => permission);
  }

  #row(area, verbs) {
    const cells = VERBS.map((verb) =>
      h("td", { role: "cell" }, verbs.includes(verb) && this.#tick(area, verb)),
    );
    return h("tr", { role: "row" }, h("th", { scope: "row", role: "rowheader" }, texts.users.areas[area]), cells);
  }

  #tick(area, verb) {
    const permission = `${area}.${verb}`;
    const box = h("input", {
      type: "checkbox",
      disabled: permission === EVERYBODY || !session.can(permission),
      ".checked": permission === EVERYBODY || this.granted.includes(permission),
    });
    const reason = permission === EVERYBODY ? texts.users.everybodyMay : texts.users.mayNotGrant;
    this.#boxes.set(permission, box);
    return h(
      "label",
      { title: box.disabled ? reason : null },
      box,
      h("span", { class: "unseen" }, `${texts.users.areas[area]}: `),
      h("span", { class: "verb" }, texts.users.verbs[verb]),
    );
  }

  #isLimited() {
    return [...this.#boxes.keys()].some((each) => !session.can(each));
  }
}

customElements.define("permission-table", PermissionTable);
