import { Component } from "../core/component.js";
import { fill } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";

class UsersPage extends Component {
  start() {
    fill(this, pageHead("users"));
  }
}

customElements.define("users-page", UsersPage);
