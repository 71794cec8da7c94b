/** The API, for who has signed in; and what of it anybody may. */

import { apiAddress, headersFor, newKey, offline, send, unwrapped } from "./http.js";
import { asUser, renew } from "./session.js";

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

/**
 * Uploads a picture and gives the asset. `fields` are those of the form; `onProgress` is told which
 * part of the file has been sent, from 0 to 1. `key` makes sure that it is stored once. Throws
 * ApiError, and AbortError when `signal` is aborted.
 */
export async function upload(file, { fields = {}, key, onProgress = () => {}, signal } = {}) {
  const sent = Date.now();
  try {
    return await uploaded(file, fields, key, onProgress, signal);
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  await renew(sent);
  return uploaded(file, fields, key, onProgress, signal);
}

function uploaded(file, fields, key, onProgress, signal) {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append("file", file);
  // fetch does not tell how far it has come.
  const request = new XMLHttpRequest();
  return new Promise((resolve, reject) => {
    const aborted = () => request.abort();
    request.open("POST", apiAddress("/assets"));
    for (const [name, value] of Object.entries(headersFor("POST", { "Idempotency-Key": key }))) {
      request.setRequestHeader(name, value);
    }
    request.upload.onprogress = (event) => onProgress(event.total ? event.loaded / event.total : 0);
    request.onload = () => {
      try {
        resolve(unwrapped(request.status, request.responseText));
      } catch (error) {
        reject(error);
      }
    };
    request.onerror = () => reject(offline());
    request.onabort = () => reject(new DOMException("the upload was cancelled", "AbortError"));
    request.onloadend = () => signal?.removeEventListener("abort", aborted);
    signal?.addEventListener("abort", aborted);
    request.send(form);
  });
}

function withKey(path, options) {
  if (path.startsWith("/auth/") || path.endsWith("/test")) return options;
  return { ...options, headers: { "Idempotency-Key": newKey(), ...options.headers } };
}
