import { Component } from "../core/component.js";
import { fill } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";

class GalleryPage extends Component {
  start() {
    fill(this, pageHead("gallery"));
  }
}

customElements.define("gallery-page", GalleryPage);
