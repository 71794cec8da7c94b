/** What one may be allowed to do, and who may manage whom. The API decides; this offers only what it allows. */

import { texts } from "../texts.js";
import { session } from "./session.js";

/** What may be done with what, as the API names both. */
export const AREAS = {
  assets: ["read", "create", "update", "delete"],
  aiProviders: ["read", "create", "update", "delete"],
  settings: ["read", "update"],
  users: ["read", "create", "update", "disable", "managePermissions"],
};

/** All that may be done with one thing or another. */
export const VERBS = [...new Set(Object.values(AREAS).flat())];

/** What everybody may who can sign in. */
export const EVERYBODY = "assets.read";

/** What a user may do, in words. */
export function inWords({ role, permissions }) {
  if (role !== "user") return texts.users.mayAll;
  const parts = Object.entries(AREAS).map(([area, verbs]) => {
    const given = verbs.filter((verb) => permissions.includes(`${area}.${verb}`));
    if (given.length === 0) return null;
    const isAll = given.length === verbs.length;
    const words = isAll ? texts.users.all : given.map((verb) => texts.users.verbs[verb]).join(", ");
    return texts.users.mayWith(texts.users.areas[area], words);
  });
  return parts.filter(Boolean).join(" · ");
}

/** What the one who has signed in may do to a user. */
export function powers(target) {
  const isSelf = target.id === session.user.id;
  const isOver = !isSelf && reaches(target);
  return {
    rename: session.can("users.update") && (isSelf || isOver),
    role: session.can("users.update") && isOver && mayGiveRoles(),
    permissions: session.can("users.managePermissions") && isOver && target.role === "user",
    password: session.can("users.update") && (isSelf || isOver),
    status: session.can("users.disable") && isOver,
  };
}

/** Whether the one who has signed in may make admins, and users of them. */
export function mayGiveRoles() {
  return session.user.role === "superAdmin";
}

function reaches(target) {
  if (target.role === "superAdmin") return false;
  if (session.user.role === "superAdmin") return true;
  return target.role === "user" && target.permissions.every((each) => session.can(each));
}
