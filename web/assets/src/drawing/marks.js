import { icon } from "../words.js";

// Marks stay readable however small the drawing is shown.
const SCALE = { min: 0.6, max: 1.3 };
const LEVELS = ["error", "warning", "decision", "info"];
const ICONS = { error: "circle-x", warning: "alert-triangle", decision: "user-question" };

/** The path taken, live tokens and findings, each on its element, in place of those before. */
export function showMarks(viewer, marks) {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const registry = viewer.get("elementRegistry");
  for (const undo of viewer.batonMarks ?? []) undo();
  const shown = viewer.batonMarks = [];
  for (const [id, names] of Object.entries(marks.markers ?? {})) {
    if (!registry.get(id)) continue;
    for (const name of names) {
      canvas.addMarker(id, `is-${name}`);
      shown.push(() => canvas.removeMarker(id, `is-${name}`));
    }
  }
  for (const token of marks.tokens ?? []) put(token.element, { top: -14, left: -10 }, tokenBadge(token));
  for (const [id, findings] of byElement(marks.findings ?? [])) {
    put(id, corner(registry.get(id)), findingBadge(together(findings)));
  }
  for (const badge of marks.badges ?? []) put(badge.element, { bottom: -4, left: 0 }, plainBadge(badge));

  function put(id, position, html) {
    if (!registry.get(id)) return;
    const overlay = overlays.add(id, { scale: SCALE, position, html });
    shown.push(() => overlays.remove(overlay));
  }
}

/** Where a mark stands: on a step's lower corner, above small shapes with names below, where a flow begins. */
function corner(element) {
  if (!element?.waypoints) return element?.width > 60 ? { bottom: 11, right: 13 } : { top: -10, right: 10 };
  const [one, other] = element.waypoints;
  const left = Math.min(...element.waypoints.map((point) => point.x));
  const top = Math.min(...element.waypoints.map((point) => point.y));
  const share = Math.min(0.5, 26 / (Math.hypot(other.x - one.x, other.y - one.y) || 1));
  return { left: one.x + (other.x - one.x) * share - left - 11, top: one.y + (other.y - one.y) * share - top - 11 };
}

/** Findings by the element that they are about. */
export function byElement(findings) {
  const found = new Map();
  for (const finding of findings) found.set(finding.element, [...(found.get(finding.element) ?? []), finding]);
  return found;
}

/** One mark says all that was found on an element, as the gravest of it. */
export function together(findings) {
  const gravest = [...findings].sort((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level))[0];
  return { ...gravest, text: findings.map((finding) => finding.text).join("\n") };
}

function tokenBadge(token) {
  const made = document.createElement("span");
  made.className = "drawing-token";
  made.textContent = token.label ?? "";
  made.title = token.title ?? token.label ?? "";
  return made;
}

/** The button that stands on an element about which something was found. */
export function findingBadge(finding) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `drawing-finding ${finding.level}`;
  made.title = finding.text;
  made.setAttribute("aria-label", finding.text);
  made.append(icon(ICONS[finding.level] ?? "info-circle"));
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    const place = made.closest("[data-select-url]");
    const target = finding.anchor && document.getElementById(finding.anchor);
    if (place) place.dispatchEvent(new CustomEvent("drawing:choose", { detail: finding.element }));
    else if (target) {
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
