import { icon } from "../words.js";

// Marks stay readable however small the drawing is shown.
const SCALE = { min: 0.85, max: 1.3 };

/** The path taken, live tokens and findings, each on its element. */
export function showMarks(viewer, marks) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  for (const [id, names] of Object.entries(marks.markers ?? {})) {
    if (registry.get(id)) for (const name of names) canvas.addMarker(id, `is-${name}`);
  }
  for (const token of marks.tokens ?? []) {
    if (registry.get(token.element)) overlays.add(token.element, { scale: SCALE, position: { top: -14, left: -10 }, html: tokenBadge(token) });
  }
  const shifts = {};
  for (const finding of marks.findings ?? []) {
    const element = registry.get(finding.element);
    if (!element) continue;
    const shift = shifts[element.id] = (shifts[element.id] ?? -1) + 1;
    overlays.add(element, { scale: SCALE, position: { bottom: 11, right: 13 + 22 * shift }, html: findingBadge(finding) });
  }
  for (const badge of marks.badges ?? []) {
    if (registry.get(badge.element)) overlays.add(badge.element, { scale: SCALE, position: { bottom: -4, left: 0 }, html: plainBadge(badge) });
  }
}

function tokenBadge(token) {
  const made = document.createElement("span");
  made.className = "drawing-token";
  made.textContent = token.label ?? "";
  made.title = token.title ?? token.label ?? "";
  return made;
}

function findingBadge(finding) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `drawing-finding ${finding.level}`;
  made.title = finding.text;
  made.setAttribute("aria-label", finding.text);
  made.append(icon({ error: "circle-x", warning: "alert-triangle", decision: "user-question" }[finding.level] ?? "info-circle"));
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    const target = finding.anchor && document.getElementById(finding.anchor);
    if (target) {
      target.scrollIntoView({ block: "center", behavior: "smooth" });
      target.focus({ preventScroll: true });
    }
  });
  return made;
}

function plainBadge(badge) {
  const made = document.createElement("span");
  made.className = `drawing-badge ${badge.level ?? ""}`;
  made.textContent = badge.label;
  made.title = badge.title ?? badge.label;
  return made;
}
