/** Tokens that were renewed, and nobody was left to hear it. */

import { apiAddress, send } from "./http.js";

/** How long a renewal takes at most of which nobody hears any more. */
const UNDER_WAY_MS = 1_500;

/**
 * Whether a page that asked for new tokens, and was left, has come to some. It could not note that,
 * and the token that it spent must not be spent again.
 */
export async function cameToTokens(asked) {
  await new Promise((resolve) => setTimeout(resolve, asked + UNDER_WAY_MS - Date.now()));
  try {
    await send("GET", apiAddress("/auth/me"));
  } catch (error) {
    if (error.status === 401) return false;
    throw error;
  }
  return true;
}
