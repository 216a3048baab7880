// A path shown on the drawing: <button data-path='["Begin", "Flow_1", …]'>, or a "drawing:path" event
// with the ids in the order in which a token takes them. The steps are numbered; what comes round
// again has several numbers. Showing the same path again, or another, takes the first away.

// Numbers stay readable however small the drawing is shown.
const SCALE = { min: 0.85, max: 1.3 };

/** Lets paths be shown on the drawing in `place`. */
export function showPaths(viewer, place) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  let shown = [];
  place.addEventListener("drawing:path", (event) => {
    const path = (event.detail ?? []).filter((id) => registry.get(id));
    const again = path.join() === shown.join();
    for (const id of shown) canvas.removeMarker(id, "is-path");
    overlays.remove({ type: "path" });
    shown = again ? [] : path;
    for (const id of shown) canvas.addMarker(id, "is-path");
    for (const [id, numbers] of numbered(shown)) {
      overlays.add(id, "path", { scale: SCALE, position: { top: -12, left: -8 }, html: badge(numbers) });
    }
    // The last step may stand inside a collapsed sub-process, which is a sheet of its own.
    const last = shown.length && canvas.findRoot(shown[shown.length - 1]);
    if (last && last !== canvas.getRootElement()) canvas.setRootElement(last);
    place.dispatchEvent(new CustomEvent("drawing:path-shown", { bubbles: true, detail: shown }));
  });

  /** The steps of a path with the numbers of their turns; arrows have none. */
  function numbered(path) {
    const turns = new Map();
    let turn = 0;
    for (const id of path) {
      if (registry.get(id).waypoints) continue;
      turn += 1;
      turns.set(id, [...(turns.get(id) ?? []), turn]);
    }
    return turns;
  }
}

function badge(numbers) {
  const made = document.createElement("span");
  made.className = "drawing-step";
  made.textContent = numbers.length > 3 ? `${numbers[0]} …` : numbers.join(" · ");
  return made;
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
