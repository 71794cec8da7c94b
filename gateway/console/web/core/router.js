/** From addresses to pages, without loading the document anew. */

import { base, pageAddress, pagePath, pageQuery } from "./address.js";
import { session } from "./session.js";

/** Every page: its path, its module below pages/, and who may see it. */
const PAGES = [
  { path: "/login", module: "login", isOpen: true },
  { path: "/assets", module: "assets", permission: "assets.read" },
  { path: "/assets/{id}", module: "asset", permission: "assets.read" },
  { path: "/ai-providers", module: "ai-providers", permission: "aiProviders.read" },
  { path: "/workflows", module: "workflows", permission: "settings.read" },
  { path: "/executions", module: "executions", permission: "assets.read" },
  { path: "/users", module: "users", permission: "users.read" },
  { path: "/settings", module: "settings", permission: null },
  { path: "/gallery", module: "gallery", isOpen: true },
  { path: "/gallery/{id}", module: "gallery-picture", isOpen: true },
];

/** The page that a path leads to, with what its places hold; null if there is none. */
export function found(path) {
  for (const page of PAGES) {
    const names = [];
    const pattern = page.path.replace(/\{(\w+)\}/g, (_, name) => names.push(name) && "([^/]+)");
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (match) return { ...page, params: Object.fromEntries(names.map((name, at) => [name, match[at + 1]])) };
  }
  return null;
}

/** Whether the one who has signed in may see a page. */
export function maySee(page) {
  return page.isOpen || !page.permission || session.can(page.permission);
}

/** Goes to one of our pages, as if a link to it had been clicked. */
export function go(path, query = {}, { replace = false } = {}) {
  moved(pageAddress(path, query), replace);
  window.dispatchEvent(new CustomEvent("page", { detail: { isBack: false } }));
}

/** Changes what the address keeps of the page's state, and not the page: null and "" take it out. */
export function keepQuery(changes, { push = false } = {}) {
  const query = { ...pageQuery(), ...changes };
  const address = pageAddress(pagePath(), query);
  if (address !== location.pathname + location.search) moved(address, !push);
}

/** Has links to our pages and the browser's own buttons change the page: "page" is told. */
export function listen() {
  history.scrollRestoration = "manual";
  window.addEventListener("popstate", () => {
    window.dispatchEvent(new CustomEvent("page", { detail: { isBack: true } }));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || !isPlain(event) || link.target || link.hasAttribute("download")) return;
    const to = new URL(link.href);
    if (to.origin !== location.origin || !to.pathname.startsWith(base) || to.hash) return;
    const path = to.pathname.slice(base.length) || "/";
    if (!found(path)) return;
    event.preventDefault();
    go(path, Object.fromEntries(to.searchParams));
  });
}

/** Something of the shown entry of the history, which comes back with it: after "back", or a reload. */
export function kept(name) {
  return history.state?.[name] ?? null;
}

/** Keeps something with the shown entry of the history. */
export function keep(name, value) {
  history.replaceState({ ...history.state, [name]: value }, "");
}

function moved(address, replace) {
  if (replace) history.replaceState(history.state, "", address);
  else history.pushState({}, "", address);
}

/** Whether a click asks for nothing but to go where it leads: not for another tab or window. */
export function isPlain(event) {
  return event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
}
