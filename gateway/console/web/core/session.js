/** Who has signed in. The tokens are in cookies that no script can read; this knows how long they last. */

import { apiAddress, ApiError, send } from "./http.js";
import { alone } from "./alone.js";

const EXPIRES = "nekohub.access-expires";
const REFRESHED = "nekohub.refreshed";
const ASKED = "nekohub.refresh-asked";
const EARLY_MS = 60_000;
const LEAST_MS = 5_000;
/** A timer that is to wait for more than 24 days does not wait at all. */
const MOST_MS = 24 * 60 * 60_000;

const tabs = new BroadcastChannel("nekohub.session");

let user = null;
let timer = 0;
let isLost = false;

/** Tells "signedin" and "signedout", wherever it happened: in this tab or in another. */
export const session = new (class extends EventTarget {
  /** The user, or null. */
  get user() {
    return user;
  }

  /** Whether the user may do something, such as "assets.update". */
  can(permission) {
    return user?.permissions.includes(permission) ?? false;
  }

  /** Whether it ended, and nobody asked for that in this tab. */
  get isLost() {
    return isLost;
  }
})();

/** Finds out who has signed in; null if nobody has. Throws ApiError if the hub does not say. */
export async function load() {
  // Who never signed in here has no cookie that could be asked about.
  if (localStorage.getItem(EXPIRES) === null) return null;
  try {
    begun(await asUser("GET", apiAddress("/auth/me")));
  } catch (error) {
    if (error.status !== 401) throw error;
    ended();
  }
  return user;
}

/** Finds out whether somebody is still who signed in, for a page that heard nothing for a while. */
export function lookAgain() {
  if (localStorage.getItem(EXPIRES) === null) ended();
  else load().catch(() => {});
}

/** Signs in. Throws ApiError. */
export async function signIn(username, password) {
  const body = { username, password, session: true };
  const opened = await send("POST", apiAddress("/auth/login"), { body });
  noted(opened);
  begun(opened.user);
  tabs.postMessage("signedin");
}

/** Signs out, here or wherever this user has signed in; in all tabs either way. */
export async function signOut(everywhere = false) {
  try {
    await asUser("POST", apiAddress("/auth/logout"), { body: everywhere ? { everywhere } : {} });
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  ended();
  isLost = false;
  tabs.postMessage("signedout");
}

/**
 * Sends a request as `send` does. An access token that has run out is renewed, and the request
 * sent again. If the session is over, "signedout" is told before ApiError is thrown.
 */
export async function asUser(method, address, options = {}) {
  const sent = Date.now();
  try {
    return await send(method, address, options);
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  await renew(sent);
  try {
    return await send(method, address, options);
  } catch (error) {
    if (error.status === 401) ended();
    throw error;
  }
}

/**
 * Renews the session's tokens, unless that was done after a moment, by another tab perhaps: a
 * refresh token works once. Throws ApiError, with status 401 if the session is over.
 */
export async function renew(after) {
  await alone("nekohub.refresh", async () => {
    if (moment(REFRESHED, Date.now()) > after || (await isRenewed())) return;
    localStorage.setItem(ASKED, Date.now());
    try {
      noted(await send("POST", apiAddress("/auth/refresh"), { body: {}, keepalive: true }));
    } catch (error) {
      // Without a cookie there is nothing to go on with.
      const isOver = error instanceof ApiError && (error.status === 401 || error.code === "request_invalid");
      if (!isOver) throw error;
      ended();
      throw new ApiError({ ...error, message: error.message, status: 401 });
    } finally {
      localStorage.removeItem(ASKED);
    }
  });
}

/** A kept moment; 0 if it is none, or later than may be: the storage is not ours alone, and clocks go wrong. */
function moment(key, latest = Infinity) {
  const kept = Number(localStorage.getItem(key));
  return Number.isFinite(kept) && kept <= latest ? kept : 0;
}

/** Whether a page that was left while it renewed the tokens has come to new ones. */
async function isRenewed() {
  const asked = moment(ASKED, Date.now());
  localStorage.removeItem(ASKED);
  if (!asked) return false;
  const { cameToTokens } = await import("./renewed.js");
  if (!(await cameToTokens(asked))) return false;
  // How long these last is not known: they are renewed soon.
  noted({ accessTokenExpiresAtUtc: new Date(Date.now() + 2 * EARLY_MS) });
  return true;
}

function noted({ accessTokenExpiresAtUtc }) {
  localStorage.setItem(EXPIRES, Date.parse(accessTokenExpiresAtUtc));
  localStorage.setItem(REFRESHED, Date.now());
}

function begun(who) {
  const isNew = user?.id !== who.id;
  // What is shown to one is not left to another.
  if (user && isNew) ended();
  user = who;
  isLost = false;
  planned();
  if (isNew) session.dispatchEvent(new Event("signedin"));
}

function ended() {
  clearTimeout(timer);
  localStorage.removeItem(EXPIRES);
  const wasSignedIn = user !== null;
  user = null;
  isLost ||= wasSignedIn;
  if (wasSignedIn) session.dispatchEvent(new Event("signedout"));
}

/** Pictures and events carry no request of ours that could be repeated: the token is renewed before. */
function planned() {
  clearTimeout(timer);
  const wait = untilEarly();
  if (wait !== null) timer = setTimeout(kept, Math.min(Math.max(wait, LEAST_MS), MOST_MS));
}

async function kept() {
  const wait = untilEarly();
  if (user === null || wait === null) return;
  if (wait <= LEAST_MS) await renew(moment(REFRESHED)).catch(() => {});
  if (user !== null) planned();
}

/** Milliseconds until the access token shall be renewed: a minute before its end, or a third of its time. */
function untilEarly() {
  const expires = moment(EXPIRES);
  if (!expires) return null;
  const lasts = Math.max(expires - moment(REFRESHED), 0);
  return expires - Math.min(EARLY_MS, lasts / 3) - Date.now();
}

tabs.addEventListener("message", ({ data }) => {
  if (data === "signedout") ended();
  else load().catch(() => {});
});
