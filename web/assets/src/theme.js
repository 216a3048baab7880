// Runs before the first paint, so that a chosen theme never flashes. Loaded in <head>, not deferred.
const wish = window.matchMedia("(prefers-color-scheme: dark)");

function apply() {
  let chosen = null;
  try { chosen = localStorage.getItem("baton-theme"); } catch { /* storage refused: follow the system */ }
  const theme = chosen ?? (wish.matches ? "dark" : "light");
  document.documentElement.dataset.bsTheme = theme;
  document.documentElement.dataset.themeChoice = chosen ?? "auto";
  document.dispatchEvent(new CustomEvent("theme:changed", { detail: theme }));
}

wish.addEventListener("change", apply);
document.addEventListener("theme:choose", (event) => {
  try {
    if (event.detail === "auto") localStorage.removeItem("baton-theme");
    else localStorage.setItem("baton-theme", event.detail);
  } catch { /* the choice then lasts for this page only */ }
  apply();
});
apply();
