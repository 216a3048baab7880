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

const MARGIN = 24;
const TOOLS = 44; // the buttons stand at the right

/** The whole drawing in view with some room around it, but never larger than life. */
export function fit(viewer) {
  const canvas = viewer.get("canvas");
  const { inner, outer } = canvas.viewbox();
  const scale = Math.min(1, (outer.width - TOOLS) / (inner.width + 2 * MARGIN), outer.height / (inner.height + 2 * MARGIN));
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x - (width - TOOLS / scale - inner.width) / 2, y: inner.y - (height - inner.height) / 2, width, height });
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
