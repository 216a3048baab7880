import { icon, word } from "../words.js";

/** Zoom and fit buttons; Ctrl with the wheel zooms. The wheel alone scrolls the page. */
export function addTools(viewer, place) {
  const tools = document.createElement("div");
  tools.className = "drawing-tools";
  tools.append(
    button("zoom-in", "zoom-in", () => zoom(viewer, 1.25)),
    button("zoom-out", "zoom-out", () => zoom(viewer, 0.8)),
    button("maximize", "fit", () => fit(viewer)),
  );
  place.append(tools);
  place.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const at = place.querySelector(".drawing-canvas").getBoundingClientRect();
    zoom(viewer, event.deltaY < 0 ? 1.15 : 1 / 1.15,
      { x: event.clientX - at.left, y: event.clientY - at.top });
  }, { passive: false });
}

/** The whole drawing in view, but never larger than life. */
export function fit(viewer) {
  const canvas = viewer.get("canvas");
  if (canvas.zoom("fit-viewport", "auto") > 1) canvas.zoom(1, "auto");
}

function zoom(viewer, factor, at) {
  const canvas = viewer.get("canvas");
  canvas.zoom(Math.min(Math.max(canvas.zoom() * factor, 0.1), 4), at);
}

function button(shape, key, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-icon";
  made.title = word(key);
  made.setAttribute("aria-label", word(key));
  made.append(icon(shape));
  made.addEventListener("click", act);
  return made;
}
