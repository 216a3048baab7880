import Modeler from "bpmn-js/lib/Modeler";
import { fit } from "./drawing/tools.js";
import { watchVerdict } from "./modeler/check.js";
import { startPanel } from "./modeler/panel.js";
import { startSaving } from "./modeler/save.js";
import { translation } from "./modeler/translate.js";
import { texts } from "./modeler/words.js";

// Drawing a journey: <div data-modeler> with a JSON script inside (web/show/modeler.py):
//   xml, save, check, revision, words. The panel, the verdict and the buttons stand on the page.

const place = document.querySelector("[data-modeler]");
if (place) open(JSON.parse(place.querySelector("script").textContent));

async function open(given) {
  const say = texts(given.words);
  const canvas = place.querySelector(".modeler-canvas");
  const modeler = new Modeler({ container: canvas, additionalModules: [translation(document.documentElement.lang)] });
  place.baton = modeler;
  try {
    const { warnings } = await modeler.importXML(given.xml);
    // A reference to a type of a programming language or schema is nothing that anybody misses.
    const lost = [...new Set(warnings.map((one) => one.message.split("\n")[0]))]
      .filter((text) => !/^unresolved reference <\w+:[\w.]+>$/.test(text));
    if (lost.length) tell(say("warnings", { list: lost.slice(0, 3).join(" · ") }), "warning");
  } catch (problem) {
    console.warn(problem);
    document.getElementById("verdict").textContent = say("unchecked");
    return tell(say("unreadable"), "error");
  }
  if (canvas.clientWidth < NARROW) modeler.get("palette").close();
  beside(modeler);
  startPanel(modeler, document.getElementById("properties"), say);
  const verdict = watchVerdict(modeler, given, say);
  startSaving(modeler, given, say, tell);
  startButtons(modeler);
  canvas.querySelector(".djs-container > svg")?.setAttribute("aria-label", say("canvas"));
  verdict();
  place.dispatchEvent(new CustomEvent("modeler:ready", { bubbles: true }));
}

const PALETTE = 130; // pixels that the palette takes, with its margins
const NARROW = 560; // below, the palette is closed until someone wants it

/** The whole drawing in view, beside the palette rather than below it. */
function beside(modeler) {
  fit(modeler);
  const canvas = modeler.get("canvas");
  if (!modeler.get("palette").isOpen()) return undefined;
  const { inner, outer, x, y, width, height, scale } = canvas.viewbox();
  const hidden = PALETTE / scale - (inner.x - x);
  if (hidden <= 0) return undefined;
  const free = x + width - inner.x - inner.width;
  if (free >= hidden) return canvas.viewbox({ x: x - hidden, y, width, height });
  const smaller = scale * Math.max(0.5, (outer.width - PALETTE - 12) / outer.width);
  return canvas.viewbox({ x: inner.x - PALETTE / smaller, y: inner.y + inner.height / 2 - outer.height / smaller / 2,
    width: outer.width / smaller, height: outer.height / smaller });
}

/** Undo, redo and fit beside the canvas; the keyboard does the same (Ctrl Z, Ctrl Y). */
function startButtons(modeler) {
  const stack = modeler.get("commandStack");
  const [undo, redo] = ["undo", "redo"].map((name) => document.querySelector(`[data-do="${name}"]`));
  const show = () => {
    undo.disabled = !stack.canUndo();
    redo.disabled = !stack.canRedo();
  };
  undo.addEventListener("click", () => stack.undo());
  redo.addEventListener("click", () => stack.redo());
  document.querySelector('[data-do="fit"]').addEventListener("click", () => beside(modeler));
  document.querySelector('[data-do="keys"]').addEventListener("click", () => document.getElementById("keys").showModal());
  modeler.on("commandStack.changed", show);
  show();
}

/** One message at the top of the page. */
function tell(text, kind) {
  const made = document.createElement("div");
  made.className = `message ${kind}`;
  made.setAttribute("role", kind === "error" ? "alert" : "status");
  made.textContent = text;
  document.getElementById("messages").replaceChildren(made);
}
