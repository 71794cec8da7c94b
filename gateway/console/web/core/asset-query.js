/** What of the pictures is asked for: a search, filters and an order, as the address keeps them. */

/** The orders there are, with what the API is asked for. The first one is the usual one. */
export const SORTS = {
  newest: {},
  oldest: { orderDirection: "asc" },
  largest: { orderBy: "size" },
  smallest: { orderBy: "size", orderDirection: "asc" },
};

/** The filters that the query of an address has; "" for each that it has not. */
export function filtersOf({ query = "", type = "", sort = "" }) {
  return { query, type, sort: Object.hasOwn(SORTS, sort) && sort !== "newest" ? sort : "" };
}

/** Whether they leave anything out. */
export function isNarrowed({ query, type }) {
  return Boolean(query || type);
}

/** The query that the API is asked with. */
export function apiQuery({ query, type, sort }) {
  return { query, contentType: type, ...SORTS[sort || "newest"] };
}

/** Whether a picture that has just been stored is the first that they show. */
export function showsFirst(asset, { query, type, sort }) {
  return !query && !sort && (!type || type === asset.contentType);
}
