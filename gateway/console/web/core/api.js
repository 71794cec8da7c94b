/** The API, for who has signed in; and what of it anybody may. */

import { apiAddress, newKey, send } from "./http.js";
import { asUser } from "./session.js";

/**
 * Each takes a path below /api/v1 and gives the answer's `data`. Options are `query`, `body`,
 * `headers` and `signal`. Each throws ApiError.
 */
export const api = {
  get: (path, options = {}) => asUser("GET", apiAddress(path, options.query), options),
  /** It has its effect once, also if its answer is lost and it is sent again. */
  post: (path, options = {}) => asUser("POST", apiAddress(path, options.query), withKey(path, options)),
  put: (path, options = {}) => asUser("PUT", apiAddress(path, options.query), options),
  patch: (path, options = {}) => asUser("PATCH", apiAddress(path, options.query), options),
  delete: (path, options = {}) => asUser("DELETE", apiAddress(path, options.query), options),
  /** For anybody. */
  open: (path, options = {}) => send("GET", apiAddress(path, options.query), options),
};

/** Starts a skill on an asset and gives the execution, without waiting for its end. */
export function startSkill(assetId, skillName, parameters = {}, options = {}) {
  return api.post(`/assets/${assetId}/skills/${encodeURIComponent(skillName)}/run`, {
    ...options,
    body: { parameters },
    headers: { Prefer: "respond-async" },
  });
}

function withKey(path, options) {
  if (path.startsWith("/auth/") || path.endsWith("/test")) return options;
  return { ...options, headers: { "Idempotency-Key": newKey(), ...options.headers } };
}
