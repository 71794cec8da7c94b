import { Component } from "../core/component.js";
import { fill } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";

class AssetPage extends Component {
  start() {
    fill(this, pageHead("asset"));
  }
}

customElements.define("asset-page", AssetPage);
