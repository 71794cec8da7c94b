/** What is asked before a user is made or changed, and what is said afterwards. */

import { texts } from "../texts.js";
import "../elements/user-form.js";
import { api } from "./api.js";
import { confirm, open } from "./dialog.js";
import { h } from "./dom.js";
import { powers } from "./permissions.js";
import { go } from "./router.js";
import { session, signOut } from "./session.js";
import { failed, toast } from "./toast.js";

/** Makes a user, and gives it; null if that was called off. */
export async function createUser() {
  const parts = ["username", "password", "role", "permissions"];
  const send = (body) => api.post("/users", { body });
  const made = await asked({ title: texts.users.create, parts, send, submitText: texts.users.create });
  if (made) toast(texts.users.created(made.username));
  return made;
}

/** Does one of "edit", "permissions", "password", "status", and gives the user as it is then; null if not. */
export function manageUser(user, action) {
  return { edit, permissions, password, status }[action](user);
}

async function edit(user) {
  const parts = powers(user).role ? ["username", "role"] : ["username"];
  const title = powers(user).role ? texts.users.editRole : texts.users.edit;
  const send = (body) => api.patch(`/users/${user.id}`, { body });
  return told(await asked({ title, user, parts, send }));
}

async function permissions(user) {
  const title = texts.users.permissionsOf(user.username);
  const send = (body) => api.patch(`/users/${user.id}/permissions`, { body });
  return told(await asked({ title, user, parts: ["permissions"], send, isWide: true }));
}

async function password(user) {
  const isSelf = user.id === session.user.id;
  const send = ({ password: newPassword }) =>
    api.post(`/users/${user.id}/reset-password`, { body: { newPassword } });
  const isSet = await asked({
    title: texts.users.newPassword(user.username),
    hint: isSelf ? texts.users.ownPasswordHint : texts.users.newPasswordHint,
    parts: ["password"],
    send,
    submitText: texts.users.set,
  });
  if (!isSet) return null;
  toast(texts.users.passwordSet(user.username));
  if (!isSelf) return user;
  // The session is over already; this page does not know it yet.
  await signOut().catch(failed);
  go("/login", {}, { replace: true });
  return null;
}

async function status(user) {
  const { isActive } = user;
  const words = texts.users;
  const isSure = await confirm({
    title: isActive ? words.disableTitle(user.username) : words.enableTitle(user.username),
    content: h("p", {}, isActive ? words.disableHint : words.enableHint),
    action: isActive ? words.disable : words.enable,
    isDangerous: isActive,
  });
  if (!isSure) return null;
  try {
    return told(await api.post(`/users/${user.id}/status`, { body: { isActive: !isActive } }));
  } catch (error) {
    failed(error);
    return null;
  }
}

async function asked({ title, hint = "", user = null, parts, send, submitText, isWide = false }) {
  const form = h("user-form", { ".parts": parts, ".user": user });
  const content = [hint && h("p", {}, hint), form];
  return open({ title, content, submit: () => form.sent(send), submitText: submitText ?? texts.common.save, isWide });
}

function told(changed) {
  if (changed) toast(texts.users.changed(changed.username));
  return changed;
}
