import { byElement, findingBadge, together } from "../drawing/marks.js";
import { icon } from "../words.js";

// What Baton will do with the drawing, while it is drawn: asked a moment after each change.

const PAUSE = 600;

/** Shows verdict and findings; the function that is given back asks now. */
export function watchVerdict(modeler, given, say) {
  const chip = document.getElementById("verdict");
  const list = document.getElementById("told");
  const overlays = modeler.get("overlays");
  const registry = modeler.get("elementRegistry");
  let check = given.check;
  let asked = 0;
  let waiting;
  let found = [];

  modeler.on("commandStack.changed", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  modeler.on("selection.changed", showList);
  document.addEventListener("modeler:saved", ({ detail }) => { check = detail.check; });
  return ask;

  async function ask() {
    const mine = ++asked;
    const answer = await send().catch(() => null); // not written, or not sent: "unchecked"
    if (mine !== asked) return; // an answer about an older drawing
    const said = await answer?.json().catch(() => null);
    if (!answer?.ok || !said) return show({ words: said?.detail ?? say("unchecked"), level: "plain", findings: [] });
    show(said);
  }

  async function send() {
    const { xml } = await modeler.saveXML();
    return fetch(check, { method: "POST", credentials: "same-origin", body: xml,
      headers: { "Content-Type": "application/xml", Accept: "application/json",
        "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content } });
  }

  function show(said) {
    chip.className = `state ${said.level}`;
    chip.textContent = said.words;
    found = said.findings;
    overlays.remove({ type: "baton" });
    for (const [id, findings] of byElement(found)) {
      const element = registry.get(id);
      if (!element || element === modeler.get("canvas").getRootElement()) continue;
      overlays.add(element, "baton", { scale: { min: 0.85, max: 1.3 },
        position: { bottom: 11, right: 13 }, html: findingBadge(together(findings)) });
    }
    showList();
  }

  /** About the chosen element where one is chosen, else about the whole drawing. */
  function showList() {
    const chosen = modeler.get("selection").get();
    const only = chosen.length === 1 ? (chosen[0].labelTarget ?? chosen[0]).id : null;
    const wanted = found.filter((one) => !only || one.element === only);
    list.replaceChildren(...wanted.slice(0, 60).map(entry));
    if (!wanted.length) list.append(plain(say(only ? "as-drawn-here" : found.length ? "nothing" : "as-drawn")));
  }

  function entry(finding) {
    const item = document.createElement("li");
    item.className = `finding ${finding.level}`;
    const body = document.createElement("div");
    if (registry.get(finding.element)) {
      const go = document.createElement("button");
      go.type = "button";
      go.className = "as-link";
      go.textContent = finding.name || finding.element;
      go.addEventListener("click", () => {
        modeler.get("canvas").scrollToElement(finding.element, 100);
        modeler.get("selection").select(registry.get(finding.element));
      });
      body.append(go);
    }
    for (const text of [finding.text, finding.remedy]) {
      if (!text) continue;
      const line = document.createElement("div");
      line.textContent = text;
      if (text === finding.remedy) line.className = "quiet";
      body.append(line);
    }
    item.append(icon({ error: "circle-x", warning: "alert-triangle", decision: "user-question" }[finding.level] ?? "info-circle"), body);
    return item;
  }
}

function plain(text) {
  const item = document.createElement("li");
  item.className = "quiet";
  item.textContent = text;
  return item;
}
