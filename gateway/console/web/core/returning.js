/** Who comes back to a page may have been signed out meanwhile, elsewhere. */

import { lookAgain, session } from "./session.js";

const AWAY_MS = 30_000;
let left = 0;

document.addEventListener("visibilitychange", () => {
  if (document.hidden) left = Date.now();
  else if (session.user && Date.now() - left > AWAY_MS) lookAgain();
});

window.addEventListener("pageshow", ({ persisted }) => {
  // It comes as it was left, pictures and all, and heard nothing meanwhile.
  if (persisted && session.user) lookAgain();
});
