import { Component } from "../core/component.js";
import { fill } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";

class SettingsPage extends Component {
  start() {
    fill(this, pageHead("settings"));
  }
}

customElements.define("settings-page", SettingsPage);
