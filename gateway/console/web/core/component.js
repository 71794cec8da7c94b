/** The base of our elements. */

/**
 * An element that draws into itself. `start` is called when it comes onto the page; what it listens
 * to, loads or waits for with `signal` ends when it leaves.
 */
export class Component extends HTMLElement {
  #controller = new AbortController();

  /** Aborted when the element leaves the page. */
  get signal() {
    return this.#controller.signal;
  }

  connectedCallback() {
    this.#controller = new AbortController();
    this.start();
  }

  disconnectedCallback() {
    this.#controller.abort();
    this.stop();
  }

  /** For the element to draw itself. */
  start() {}

  /** For the element to let go of what `signal` does not. */
  stop() {}

  /** Tells whoever listens above. */
  tell(name, detail = null) {
    return this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, cancelable: true }));
  }
}

/** Runs what may be aborted, and says nothing if it was. Everything else that it throws is thrown. */
export async function unlessAborted(work) {
  try {
    return await work();
  } catch (error) {
    if (error.name === "AbortError") return undefined;
    throw error;
  }
}
