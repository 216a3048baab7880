/** File areas (`.drop` around a file input): take dropped files, name what was chosen. */
export function startFileDrops() {
  document.addEventListener("dragover", (event) => toggle(event, true));
  document.addEventListener("dragleave", (event) => toggle(event, false));
  document.addEventListener("drop", (event) => {
    const area = event.target.closest?.(".drop");
    if (!area) return;
    toggle(event, false);
    const input = area.querySelector("input[type=file]");
    const kept = new DataTransfer();
    for (const file of event.dataTransfer.files) {
      if (input.multiple || kept.items.length === 0) kept.items.add(file);
    }
    input.files = kept.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    const area = event.target.closest?.(".drop");
    if (!area) return;
    area.querySelector(".chosen").textContent =
      [...event.target.files].map((file) => file.name).join(", ");
    if (area.dataset.send !== undefined && event.target.files.length) event.target.form.requestSubmit();
  });
}

function toggle(event, over) {
  const area = event.target.closest?.(".drop");
  if (!area) return;
  event.preventDefault();
  area.classList.toggle("over", over);
}
