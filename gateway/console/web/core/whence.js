/** Where one came from. */

import { base, pageAddress } from "./address.js";
import { go, isPlain } from "./router.js";

/** The address of the list that was shown before this page, with its filters; else that of all pictures. */
export function listAddress() {
  return former() ?? pageAddress("/assets");
}

/** Has a link to `listAddress` go back instead, so that the list is as it was left. */
export function backToList(event) {
  if (!isPlain(event) || former() === null) return;
  event.preventDefault();
  history.back();
}

/** Leaves for the list. */
export function leaveToList() {
  if (former() === null) go("/assets", {}, { replace: true });
  else history.back();
}

/** The entry of the history before this one, if it is the list; null also where the browser does not say. */
function former() {
  const { navigation } = globalThis;
  const at = navigation?.currentEntry?.index ?? 0;
  const url = at > 0 ? navigation.entries()[at - 1]?.url : null;
  if (!url) return null;
  const { pathname, search, origin } = new URL(url);
  return origin === location.origin && pathname === `${base}/assets` ? pathname + search : null;
}
