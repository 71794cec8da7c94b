import { Component } from "../core/component.js";
import { fill } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";

class AssetsPage extends Component {
  start() {
    fill(this, pageHead("assets"));
  }
}

customElements.define("assets-page", AssetsPage);
