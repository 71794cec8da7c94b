/** One picture on its way to the hub. */

import { apiAddress, headersFor, offline, unwrapped } from "./http.js";
import { renew } from "./session.js";

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
