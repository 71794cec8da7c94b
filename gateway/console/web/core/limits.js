/** What the hub takes of uploads. */

import { api } from "./api.js";

let asked = null;

/** Gives `maxUploadSizeBytes` and `allowedContentTypes`, for which the hub is asked once. Throws ApiError. */
export function limits() {
  asked ??= api.open("/system/bootstrap").catch((error) => {
    asked = null;
    throw error;
  });
  return asked;
}

/** A type of pictures as people call it, "JPEG" for image/jpeg. */
export function typeName(contentType) {
  return contentType.replace(/^image\//, "").toUpperCase();
}
