import { word } from "../words.js";

// Colours by a measure: [{key, name, low, high, values: {element: {value 0..1, label}}}].
// The scale runs from pale to deep; black text stays readable on every shade. Flows get wider.

const SHADES = [[255, 250, 224], [255, 226, 150], [252, 187, 98], [243, 140, 84], [228, 98, 84]];

/** Colours the drawing by the first measure; a switch above it shows the others. */
export function showHeat(viewer, place, metrics) {
  const bar = document.createElement("div");
  bar.className = "drawing-heat";
  const group = document.createElement("div");
  group.className = "segments";
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", word("colour-by"));
  const legend = document.createElement("div");
  legend.className = "legend";
  const shown = [];
  for (const metric of metrics) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = metric.name;
    button.dataset.metric = metric.key;
    button.addEventListener("click", () => paint(metric));
    group.append(button);
  }
  if (metrics.length > 1) bar.append(group);
  bar.append(legend);
  place.prepend(bar);
  place.addEventListener("drawing:metric", (event) => {
    const wanted = metrics.find((metric) => metric.key === event.detail);
    if (wanted) paint(wanted);
  });
  paint(metrics.find((metric) => metric.key === place.dataset.metric) ?? metrics[0]);

  function paint(metric) {
    for (const button of group.children) button.setAttribute("aria-pressed", String(button.dataset.metric === metric.key));
    clear();
    const registry = viewer.get("elementRegistry");
    for (const [id, { value, label }] of Object.entries(metric.values)) {
      const element = registry.get(id);
      const visual = element && registry.getGraphics(id)?.querySelector(element.waypoints ? ".djs-visual > path" : ".djs-visual > :first-child");
      if (!visual) continue;
      const drawn = visual.getAttribute("style") ?? "";
      if (element.waypoints) visual.style.strokeWidth = `${1.2 + 2.8 * value}px`;
      else visual.style.fill = shade(value);
      const position = element.waypoints ? midway(element) : { top: -11, right: 14 };
      shown.push([visual, drawn, label && viewer.get("overlays").add(id, { scale: { min: 0.8, max: 1.3 }, position, html: badge(label, metric.name) })]);
    }
    legend.replaceChildren(end(metric.low), scale(), end(metric.high));
  }

  function clear() {
    for (const [visual, drawn, overlay] of shown.splice(0)) {
      visual.setAttribute("style", drawn);
      if (overlay) viewer.get("overlays").remove(overlay);
    }
  }
}

/** The middle of a flow's longest part, from the corner of the box around the flow. */
function midway({ waypoints }) {
  const parts = waypoints.slice(1).map((end, index) => [waypoints[index], end]);
  const length = ([one, other]) => Math.hypot(one.x - other.x, one.y - other.y);
  const [from, to] = parts.sort((one, other) => length(other) - length(one))[0];
  return { left: (from.x + to.x) / 2 - Math.min(...waypoints.map(({ x }) => x)),
    top: (from.y + to.y) / 2 - Math.min(...waypoints.map(({ y }) => y)) - 9 };
}

function shade(value) {
  const at = Math.min(Math.max(value, 0), 1) * (SHADES.length - 1);
  const low = Math.min(Math.floor(at), SHADES.length - 2);
  const mixed = SHADES[low].map((part, index) => Math.round(part + (SHADES[low + 1][index] - part) * (at - low)));
  return `rgb(${mixed.join(" ")})`;
}

function badge(label, name) {
  const made = document.createElement("span");
  made.className = "drawing-value";
  made.textContent = label;
  made.title = `${name}: ${label}`;
  return made;
}

function end(text) {
  const made = document.createElement("span");
  made.textContent = text ?? "";
  return made;
}

function scale() {
  const made = document.createElement("span");
  made.className = "ramp";
  made.style.background = `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map(shade).join(", ")})`;
  return made;
}
