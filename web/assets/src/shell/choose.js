/** Rows that are ticked: a box (data-choose-all="name") ticks all of its table, and how many are
    ticked is said where data-chosen has the words for it; the place to say what to do opens. */
export function startChoosing() {
  const all = document.querySelector("[data-choose-all]");
  if (!all) return;
  const boxes = [...document.querySelectorAll(`input[name="${all.dataset.chooseAll}"][type=checkbox]`)];
  const said = document.querySelector("[data-chosen]");
  const place = said?.closest("details");
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    if (said) said.textContent = chosen ? said.dataset.chosen.replace("{count}", chosen) : "";
    return chosen;
  };
  all.hidden = !boxes.length;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    if (count() && place) place.open = true;
  });
  for (const box of boxes) box.addEventListener("change", () => { if (count() === 1 && place) place.open = true; });
  count();
}
