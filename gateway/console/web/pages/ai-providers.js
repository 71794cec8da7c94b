import { Component } from "../core/component.js";
import { fill } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";

class AiProvidersPage extends Component {
  start() {
    fill(this, pageHead("ai-providers"));
  }
}

customElements.define("ai-providers-page", AiProvidersPage);
