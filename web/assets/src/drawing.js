import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import "./drawing/compare.js";
import { showHeat } from "./drawing/heat.js";
import { showMarks } from "./drawing/marks.js";
import { showPaths } from "./drawing/path.js";
import "./drawing/rows.js";
import { makeSelectable } from "./drawing/select.js";
import { addTools, fit } from "./drawing/tools.js";
import { word } from "./words.js";

// A BPMN drawing: <div data-drawing="URL of the XML" data-marks="URL of JSON, or a script inside">.
// What may stand in the JSON is described in web/show/drawing.py. The picture is only one of two:
// the server writes the same as a table or list beside it.

for (const place of document.querySelectorAll("[data-drawing]")) mount(place);
document.addEventListener("htmx:afterSwap", (event) => {
  for (const place of event.target.querySelectorAll("[data-drawing]")) mount(place);
});

// New marks for a drawing that stands: <script type="application/json" data-marks-for="its id">.
for (const swapped of ["htmx:oobAfterSwap", "htmx:afterSwap"]) document.addEventListener(swapped, (event) => {
  const found = event.target;
  for (const marks of [found, ...found.querySelectorAll("[data-marks-for]")]) {
    if (!marks.dataset?.marksFor || marks.dataset.used) continue;
    marks.dataset.used = "yes";
    document.getElementById(marks.dataset.marksFor)?.dispatchEvent(
      new CustomEvent("drawing:marks", { detail: JSON.parse(marks.textContent) }));
  }
});

async function mount(place) {
  if (place.dataset.mounted) return;
  place.dataset.mounted = "yes";
  const inside = place.querySelector("script[type='application/json']");
  const canvas = document.createElement("div");
  canvas.className = "drawing-canvas";
  place.append(canvas);
  try {
    const [xml, marks] = await Promise.all([
      load(place.dataset.drawing, "text"),
      inside ? JSON.parse(inside.textContent)
        : place.dataset.marks ? load(place.dataset.marks, "json") : {},
    ]);
    const viewer = new NavigatedViewer({ container: canvas, zoomScroll: { enabled: false } });
    await viewer.importXML(xml);
    rename(viewer, marks.labels ?? {});
    resize(viewer, canvas);
    addTools(viewer, place);
    showMarks(viewer, marks);
    place.addEventListener("drawing:marks", (event) => showMarks(viewer, event.detail));
    showPaths(viewer, place);
    if (marks.metrics?.length) showHeat(viewer, place, marks.metrics);
    makeSelectable(viewer, place, marks);
    place.baton = viewer;
    place.dispatchEvent(new CustomEvent("drawing:ready", { bubbles: true }));
  } catch (problem) {
    console.error(problem);
    canvas.textContent = word("no-drawing");
    canvas.classList.add("empty");
  }
}

async function load(url, kind) {
  const answer = await fetch(url, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer[kind]();
}

/** Names in the viewer's language, by element id; ids and everything else stay as drawn. */
function rename(viewer, labels) {
  const registry = viewer.get("elementRegistry");
  const changed = [];
  for (const [id, name] of Object.entries(labels)) {
    const element = registry.get(id);
    if (!element) continue;
    element.businessObject.name = name;
    changed.push(registry.get(`${id}_label`) ?? element);
  }
  if (changed.length) viewer.get("eventBus").fire("elements.changed", { elements: changed });
}

/** As high as the drawing needs at the width it has, within limits. */
function resize(viewer, canvas) {
  const inner = viewer.get("canvas").viewbox().inner;
  const wanted = (canvas.clientWidth || 800) * (inner.height + 60) / (inner.width + 60);
  canvas.style.height = `${Math.round(Math.min(Math.max(wanted, 220), window.innerHeight * 0.66))}px`;
  viewer.get("canvas").resized();
  fit(viewer);
}
