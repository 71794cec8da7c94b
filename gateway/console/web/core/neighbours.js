/** The pictures before and after one, in the list that was shown last. */

import { base } from "./address.js";
import { lastShown } from "./photo-feed.js";

/**
 * The ids of the pictures before and after one, null where there is none or no list is known. At the
 * end of what the list has read, it reads on. Throws ApiError.
 */
export async function neighbours(id, signal) {
  const feed = lastShown(`${base}/assets`);
  const at = feed?.indexOf(id) ?? -1;
  if (at < 0) return { previous: null, next: null };
  if (at === feed.items.length - 1 && !feed.isComplete) await feed.more(signal);
  return { previous: feed.items[at - 1]?.id ?? null, next: feed.items[at + 1]?.id ?? null };
}

/** An asset as lists have it; null if the list that was shown last does not. */
export function listed(asset) {
  const feed = lastShown(`${base}/assets`);
  const item = feed?.items[feed.indexOf(asset.id)];
  return item ? Object.fromEntries(Object.keys(item).map((name) => [name, name in asset ? asset[name] : item[name]])) : null;
}
