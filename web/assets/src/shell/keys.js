// Keys on a list of work, `[data-keys]`: j and k move, Enter opens, c claims or goes on.

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    const list = document.querySelector("[data-keys]");
    if (!list || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
    const step = { j: 1, k: -1 }[event.key];
    if (step) {
      event.preventDefault();
      move(list, step);
    } else if (event.key === "c") {
      const primary = document.querySelector("[data-key-c]");
      if (primary) {
        event.preventDefault();
        primary.click();
      }
    }
  });
}

function move(list, step) {
  const items = [...list.querySelectorAll("a.item")];
  if (!items.length) return;
  const at = items.findIndex((item) => item === document.activeElement);
  const from = at >= 0 ? at : items.findIndex((item) => item.hasAttribute("aria-current"));
  const to = Math.min(Math.max(from + step, 0), items.length - 1);
  items[to].focus();
  items[to].scrollIntoView({ block: "nearest" });
}
