/** Addresses of pages, and the state that they keep. */

/** The path under which the hub is served; "" at the root. */
export const base = document.documentElement.dataset.base;

/** The address of one of our pages, with a query; values of null and "" are left out. */
export function pageAddress(path, query = {}) {
  return base + withQuery(path, query);
}

/** A path with a query; values of null and "" are left out. */
export function withQuery(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(given).toString();
  return path + (search && `?${search}`);
}

/** The page's path, without what stands before all of them. */
export function pagePath() {
  return location.pathname.slice(base.length) || "/";
}

/** The query of the address that is shown. */
export function pageQuery() {
  return Object.fromEntries(new URLSearchParams(location.search));
}

/** Where the thumbnail of an asset is, for who has signed in. */
export function thumbnailAddress(assetId) {
  return contentAddress(assetId, "thumbnail_256");
}

/**
 * Where the bytes of an asset are, or of one of its derivatives, for who has signed in. Of a public one
 * too: its public address need not be one that this browser reaches.
 */
export function contentAddress(assetId, kind = null) {
  const part = kind === null ? "" : `/derivatives/${encodeURIComponent(kind)}`;
  return `${base}/api/v1/assets/${assetId}${part}/content?direct=true`;
}

/** Where public content is on the host that this page came from; the API names the hub's public one. */
export function publicAddress(url) {
  return new URL(url).pathname;
}
