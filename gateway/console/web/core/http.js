/** One request to the API, and what came of it. */

import { texts } from "../texts.js";
import { base, withQuery } from "./address.js";

/** A refusal, or no answer at all: then `code` is "offline". */
export class ApiError extends Error {
  constructor({ code, message, traceId = "", status = 0 }) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.traceId = traceId;
    this.status = status;
  }
}

const AGAIN_MS = 5_000;

let isReached = true;
let ping = 0;

/** What changes nothing; all else proves that a page of ours asks. */
const SAFE = new Set(["GET", "HEAD"]);

/** Headers that a request of this method needs. */
export function headersFor(method, more = {}) {
  return SAFE.has(method) ? more : { "X-NekoHub-CSRF": "1", ...more };
}

/** The address of a route below /api/v1; values of null and "" are left out of the query. */
export function apiAddress(path, query = {}) {
  return `${base}/api/v1${withQuery(path, query)}`;
}

/** A key with which a POST has its effect once, however often it is sent. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Sends one request to an address and gives the answer's `data`, null where there is none. With
 * `keepalive` it goes on when the page is left.
 * Throws ApiError, and what `signal` throws when it is aborted.
 */
export async function send(method, address, { body, headers = {}, signal, keepalive = false } = {}) {
  const options = { method, signal, keepalive, headers: headersFor(method, headers), credentials: "same-origin" };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  const response = await answered(address, options);
  return unwrapped(response.status, await response.text());
}

/** The `data` of an answer. Throws ApiError. */
export function unwrapped(status, text) {
  const content = parsed(text);
  if (status >= 200 && status < 300 && (text === "" || content?.data !== undefined)) return content?.data ?? null;
  if (typeof content?.error?.message === "string") throw new ApiError(content.error);
  throw new ApiError({ code: "answer_unreadable", message: texts.errors.unreadable(status), status });
}

/** What is thrown when nobody answers. */
export function offline() {
  return new ApiError({ code: "offline", message: texts.errors.offline });
}

async function answered(address, options) {
  try {
    const response = await fetch(address, options);
    reached(true);
    return response;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    reached(false);
    throw offline();
  }
}

window.addEventListener("online", () => (isReached = true));

/** Tells of the hub what the browser tells of the network: "offline" and "online". */
function reached(now) {
  clearTimeout(ping);
  if (!now) ping = setTimeout(() => send("GET", apiAddress("/system/ping")).catch(() => {}), AGAIN_MS);
  if (now !== isReached) window.dispatchEvent(new Event(!now ? "offline" : "online"));
  isReached = now;
}

function parsed(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
