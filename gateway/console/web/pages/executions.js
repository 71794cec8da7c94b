import { Component } from "../core/component.js";
import { fill } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";

class ExecutionsPage extends Component {
  start() {
    fill(this, pageHead("executions"));
  }
}

customElements.define("executions-page", ExecutionsPage);
