/** Pictures of this computer, which are shown until the hub has a thumbnail of them. */

import { thumbnailAddress } from "./address.js";

/** What every browser of today shows. */
const SHOWN = new Set(["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif", "image/bmp"]);

/** Addresses of files, by the asset that they have become. */
export class Previews {
  #addresses = new Map();

  /** Has a file stand for an asset. */
  add(assetId, file) {
    if (SHOWN.has(file.type)) this.#addresses.set(assetId, URL.createObjectURL(file));
  }

  /** Where the file is that stands for an asset; null if none does. */
  addressOf(assetId) {
    return this.#addresses.get(assetId) ?? null;
  }

  /** Loads the thumbnails one by one, so that nothing flickers; `onReady` is told each id. */
  async settle(onReady, signal) {
    for (const [id, address] of [...this.#addresses]) {
      const image = new Image();
      image.src = thumbnailAddress(id);
      // Of what cannot be decoded there is no thumbnail, and the page says so in its place.
      await image.decode().catch(() => {});
      if (signal.aborted) return;
      this.#addresses.delete(id);
      onReady(id);
      URL.revokeObjectURL(address);
    }
  }

  /** Lets go of all files. */
  clear() {
    for (const address of this.#addresses.values()) URL.revokeObjectURL(address);
    this.#addresses.clear();
  }
}
