/** Pictures that anybody may see. */

import { api } from "./api.js";
import { lastShown } from "./photo-feed.js";
import { pageAddress, publicAddress } from "./address.js";
import { texts } from "../texts.js";

const PAGE_SIZE = 50;
const THUMBNAIL = 256;
const RENDITION = /^w\d+$/;
/** Bytes of an original that may stand in a list, where there are no renditions of it. */
const LIGHT = 300_000;

/** What reads the public pictures that fit a search, page by page. */
export function publicPictures(query) {
  return (cursor, signal) => api.open("/public/assets", { query: { query, cursor, pageSize: PAGE_SIZE }, signal });
}

/** One public picture, with all its derivatives. Throws ApiError. */
export function publicPicture(id, signal) {
  return api.open(`/public/assets/${id}`, { signal });
}

/** The address of a picture's page in the gallery. */
export function galleryAddress(id) {
  return pageAddress(`/gallery/${id}`);
}

/** The list that was shown last in the gallery, if a picture is in it; or null. */
export function galleryFeed(id) {
  const feed = lastShown(pageAddress("/gallery"));
  return feed !== null && feed.indexOf(id) >= 0 ? feed : null;
}

/** What to call a picture. */
export function nameOf(item) {
  return item.originalFileName || texts.grid.unnamed;
}

/** What a picture shows, in words; "" for one that only decorates. */
export function altOf(item) {
  return item.altText ?? item.description ?? nameOf(item);
}

/** How a picture is shown in a list. */
export function inList(item) {
  const widths = renditionsOf(item).map(candidate);
  if (widths.length === 0 && item.size <= LIGHT) widths.push(candidate(item));
  return { src: publicAddress(item.thumbnailUrl), srcset: [thumbnail(item), ...widths].join(", "), alt: altOf(item) };
}

/** How a picture is shown alone: the original if nothing smaller is enough. */
export function inLarge(item) {
  return [...renditionsOf(item), item].map(candidate).join(", ");
}

/** The picture in several widths, the smallest first. */
function renditionsOf(item) {
  const found = (item.derivatives ?? []).filter(({ kind, width }) => RENDITION.test(kind) && width < item.width);
  return found.sort((one, other) => one.width - other.width);
}

function candidate({ publicUrl, width }) {
  return `${publicAddress(publicUrl)} ${width}w`;
}

function thumbnail({ thumbnailUrl, width, height }) {
  const part = Math.min(1, THUMBNAIL / width, THUMBNAIL / height);
  return `${publicAddress(thumbnailUrl)} ${Math.max(1, Math.round(width * part))}w`;
}
