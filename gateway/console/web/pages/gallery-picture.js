import { Component } from "../core/component.js";
import { fill } from "../core/dom.js";
import { pageHead } from "../core/pieces.js";

class GalleryPicturePage extends Component {
  start() {
    fill(this, pageHead("gallery-picture"));
  }
}

customElements.define("gallery-picture-page", GalleryPicturePage);
