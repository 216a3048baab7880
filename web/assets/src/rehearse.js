// A rehearsal by keyboard and on the drawing: 1 to 9 do what stands there in this order, Backspace
// takes a step back, 0 starts over; choosing a step on the drawing goes to it, and does it where
// there is nothing to say.

number();
document.addEventListener("htmx:afterSwap", () => {
  number();
  document.querySelector("#board .moves button")?.focus({ preventScroll: true });
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, dialog")) return;
  const button = document.querySelector(`[data-hotkey="${CSS.escape(event.key)}"]`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("drawing:select", ({ detail }) => {
  const form = document.querySelector(`[data-move-element="${CSS.escape(detail)}"]`);
  if (!form) return;
  const buttons = form.querySelectorAll("button");
  const asks = form.querySelector(".move > .field :is(input:not([type=hidden]), select), .choices input");
  if (buttons.length === 1 && !asks) return buttons[0].click();
  (asks ?? buttons[0])?.focus();
});

/** The first nine deeds get a digit, which is shown on them. */
function number() {
  let next = 1;
  for (const button of document.querySelectorAll("#board button[data-hotkey]")) {
    if (button.dataset.hotkey || next > 9) continue;
    button.dataset.hotkey = String(next);
    button.setAttribute("aria-keyshortcuts", String(next));
    const key = document.createElement("kbd");
    key.textContent = String(next);
    key.setAttribute("aria-hidden", "true");
    button.append(key);
    next += 1;
  }
}
