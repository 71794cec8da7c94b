/** Looking again and again, while something goes on and somebody is there to see it. */

/** Calls `look`, and calls it again after a while, for as long as it says that something goes on. */
export class Looking {
  #look;
  #wait;
  #signal;
  #timer = 0;
  #turn = 0;

  constructor(look, wait, signal) {
    this.#look = look;
    this.#wait = wait;
    this.#signal = signal;
    const now = () => this.now();
    document.addEventListener("visibilitychange", now, { signal });
    window.addEventListener("focus", now, { signal });
    window.addEventListener("online", now, { signal });
    signal.addEventListener("abort", () => clearTimeout(this.#timer));
  }

  /** Looks now; by something else than usual, this once, if it is given. */
  async now(look = this.#look) {
    clearTimeout(this.#timer);
    if (document.hidden || this.#signal.aborted) return;
    const turn = ++this.#turn;
    const goesOn = await look();
    // What began later knows better whether anything goes on.
    if (turn !== this.#turn || !goesOn || this.#signal.aborted) return;
    this.#timer = setTimeout(() => this.now(), this.#wait);
  }
}
