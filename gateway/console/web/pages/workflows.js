import { Component } from "../core/component.js";
import { fill } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";

class WorkflowsPage extends Component {
  start() {
    fill(this, pageHead("workflows"));
  }
}

customElements.define("workflows-page", WorkflowsPage);
