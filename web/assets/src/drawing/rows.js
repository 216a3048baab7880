// Rows of inputs (<fieldset data-rows>, each row a .row-pair): filling the last makes another below.
document.addEventListener("input", (event) => {
  const rows = event.target.closest("[data-rows]");
  const row = event.target.closest(".row-pair");
  if (!rows || !row || !event.target.value || row.nextElementSibling?.matches(".row-pair")) return;
  const next = row.cloneNode(true);
  for (const input of next.querySelectorAll("input")) input.value = "";
  row.after(next);
});
