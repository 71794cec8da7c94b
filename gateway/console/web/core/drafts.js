/** What somebody has begun and not saved: it is kept in this browser, until it is saved or discarded. */

import { session } from "./session.js";

/** Drafts of one kind of thing, by id; each user has their own. */
export class Drafts {
  #kind;

  constructor(kind) {
    this.#kind = kind;
  }

  /** The draft; null if there is none. */
  get(id) {
    try {
      return JSON.parse(localStorage.getItem(this.#key(id)));
    } catch {
      return null;
    }
  }

  keep(id, draft) {
    localStorage.setItem(this.#key(id), JSON.stringify(draft));
  }

  forget(id) {
    localStorage.removeItem(this.#key(id));
  }

  #key(id) {
    return `nekohub.${this.#kind}.${session.user.id}.${id}`;
  }
}
