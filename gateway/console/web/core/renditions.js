/** The files that were made of an asset's original. */

import { contentAddress } from "./address.js";

const WIDTHS = /^w\d+$/;
/** Formats that no browser shows. */
const UNSHOWN = new Set(["image/tiff", "image/x-tga"]);

/** Where a derivative is; another address when it was made anew. */
export function derivativeAddress(asset, derivative) {
  return `${contentAddress(asset.id, derivative.kind)}&v=${encodeURIComponent(derivative.createdAtUtc)}`;
}

/** Whether browsers show files of this type. */
export function isShown(contentType) {
  return contentType.startsWith("image/") && !UNSHOWN.has(contentType);
}

/** The renditions by width and the original, for a browser to choose from. */
export function sources(asset) {
  const made = asset.derivatives.filter(({ kind, width }) => WIDTHS.test(kind) && width < asset.width);
  const entries = made.map((each) => `${derivativeAddress(asset, each)} ${each.width}w`);
  return [...entries, `${contentAddress(asset.id)} ${asset.width}w`].join(", ");
}

/** How much smaller than the original it is, in percent; less than 0 if it is larger. */
export function savedPercent(asset, derivative) {
  return Math.round((1 - derivative.size / asset.size) * 100);
}
