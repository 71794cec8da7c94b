/** The way out. */

import { go } from "./router.js";
import { signOut } from "./session.js";
import { failed } from "./toast.js";

/** Signs out, here or on all devices, and goes to where one signs in. */
export async function leave(everywhere) {
  try {
    await signOut(everywhere);
    go("/login", {}, { replace: true });
  } catch (error) {
    failed(error);
  }
}
