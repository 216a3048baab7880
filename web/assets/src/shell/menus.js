/** Closes <details class="menu"> on Escape and on a click elsewhere; the side navigation on small screens. */
export function startMenus() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const toggle = event.target.closest("[data-nav-toggle]");
    if (toggle) showNavigation(!document.body.classList.contains("nav-open"));
    else if (!event.target.closest("#side")) showNavigation(false);

    const theme = event.target.closest("[data-theme]");
    if (theme) choose(theme.dataset.theme);
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest(".message, dialog")?.remove();
    if (event.target.closest("[data-print]")) window.print();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    showNavigation(false);
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("theme:changed", markTheme);
  markTheme();
}

function showNavigation(open) {
  const toggle = document.querySelector("[data-nav-toggle]");
  if (!toggle || toggle.getAttribute("aria-expanded") === String(open)) return;
  document.body.classList.toggle("nav-open", open);
  toggle.setAttribute("aria-expanded", String(open));
  if (open) document.querySelector("#side a")?.focus();
}

function choose(theme) {
  document.dispatchEvent(new CustomEvent("theme:choose", { detail: theme }));
}

function markTheme() {
  const choice = document.documentElement.dataset.themeChoice;
  for (const button of document.querySelectorAll("button[data-theme]")) {
    button.setAttribute("aria-pressed", String(button.dataset.theme === choice));
  }
}
