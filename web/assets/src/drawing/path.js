// A path shown on the drawing: <button data-path='["Begin", "Flow_1", …]'>, or a "drawing:path" event
// with the ids. Showing the same path again, or another, takes the first away.

/** Lets paths be shown on the drawing in `place`. */
export function showPaths(viewer, place) {
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  let shown = [];
  place.addEventListener("drawing:path", (event) => {
    const path = (event.detail ?? []).filter((id) => registry.get(id));
    const again = path.join() === shown.join();
    for (const id of shown) canvas.removeMarker(id, "is-path");
    shown = again ? [] : path;
    for (const id of shown) canvas.addMarker(id, "is-path");
    place.dispatchEvent(new CustomEvent("drawing:path-shown", { bubbles: true, detail: shown }));
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-path]");
  const place = button && document.querySelector("[data-drawing]");
  if (!place) return;
  const before = button.getAttribute("aria-pressed") === "true";
  for (const other of document.querySelectorAll("[data-path][aria-pressed]")) other.setAttribute("aria-pressed", "false");
  button.setAttribute("aria-pressed", String(!before));
  place.dispatchEvent(new CustomEvent("drawing:path", { detail: JSON.parse(button.dataset.path) }));
  if (!before) place.scrollIntoView({ block: "nearest" });
});
