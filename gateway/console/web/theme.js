// Runs before anything is drawn, so that nobody is dazzled.
const chosen = localStorage.getItem("nekohub.theme");
if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
