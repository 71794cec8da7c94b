/** Short words about what has happened, which go by themselves. */

/** Says something; `action` is `{label, run}`. */
export function toast(text, { isError = false, traceId = "", action = null } = {}) {
  window.dispatchEvent(new CustomEvent("toast", { detail: { text, isError, traceId, action } }));
}

/** Says that something went wrong, as the API tells it. */
export function failed(error) {
  if (error.name === "AbortError") return;
  toast(error.message, { isError: true, traceId: error.traceId ?? "" });
}
