/** Light, dark, or as the system has it. */

const KEY = "nekohub.theme";

/** All there are. */
export const THEMES = ["system", "light", "dark"];

/** The chosen one. */
export function theme() {
  return document.documentElement.dataset.theme ?? "system";
}

/** Chooses the one after it, in all tabs to come. */
export function nextTheme() {
  chooseTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
}

/** Chooses one, in all tabs to come. */
export function chooseTheme(chosen) {
  if (chosen === "system") {
    localStorage.removeItem(KEY);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(KEY, chosen);
    document.documentElement.dataset.theme = chosen;
  }
  window.dispatchEvent(new Event("theme"));
}
