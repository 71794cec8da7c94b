/** Light, dark, or as the system has it. */

const KEY = "nekohub.theme";
const THEMES = ["system", "light", "dark"];

/** The chosen one. */
export function theme() {
  return document.documentElement.dataset.theme ?? "system";
}

/** Chooses the one after it, in all tabs to come. */
export function nextTheme() {
  const next = THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length];
  if (next === "system") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, next);
    document.documentElement.dataset.theme = next;
  }
}
