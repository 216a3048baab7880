import { getBusinessObject, is } from "bpmn-js/lib/util/ModelUtil";
import { fieldsOf } from "./fields.js";

// What Baton needs to know about the chosen element, as a few plain inputs. Each is one command of
// the modeler, so that undo takes it back.

/** Keeps `panel` about whatever is chosen on the drawing. */
export function startPanel(modeler, panel, say) {
  const title = panel.querySelector("h2");
  const body = panel.querySelector(".sheet-body");
  let shown;
  modeler.on("selection.changed", () => show(true));
  modeler.on("commandStack.changed", () => show(false));
  modeler.on("import.done", () => show(true));
  modeler.on("root.set", () => show(true));
  modeler.get("eventBus").on("element.dblclick", 500, ({ element }) => {
    if (is(element, "bpmn:SequenceFlow")) setTimeout(() => body.querySelector("input, textarea")?.focus(), 0);
  });
  show(true);

  /** A change elsewhere only refreshes the values: whoever is typing stays where they are. */
  function show(afresh) {
    const chosen = modeler.get("selection").get();
    if (chosen.length > 1) return several(chosen.length);
    const element = chosen[0]?.labelTarget ?? chosen[0] ?? modeler.get("canvas").getRootElement();
    if (!element) return;
    const fields = fieldsOf(element, modeler, say);
    const shape = `${element.id} ${fields.map((field) => field.key)}`;
    title.textContent = chosen.length ? kindOf(element, modeler) : say("whole");
    if (!afresh && shape === shown) return refresh(fields);
    const focused = body.contains(document.activeElement) ? document.activeElement.name : null;
    shown = shape;
    body.replaceChildren(...fields.map((field) => draw(field, element)));
    if (focused && !afresh) body.querySelector(`[name="${focused}"]`)?.focus();
  }

  function several(count) {
    shown = undefined;
    title.textContent = say("several", { count });
    const text = document.createElement("p");
    text.className = "quiet";
    text.textContent = say("several-hint");
    body.replaceChildren(text);
  }

  function refresh(fields) {
    for (const field of fields) {
      const input = body.querySelector(`[name="${field.key}"]`);
      if (!input || input === document.activeElement) continue;
      if (input.type === "checkbox") input.checked = Boolean(field.value);
      else input.value = field.value ?? "";
    }
  }

  function draw(field) {
    const box = document.createElement("div");
    box.className = "field";
    if (field.kind === "ways") return ways(field, box);
    const input = document.createElement(field.kind === "text" || field.kind === "check" ? "input"
      : field.kind === "choice" ? "select" : "textarea");
    input.name = field.key;
    input.id = `property-${field.key}`;
    const label = document.createElement("label");
    if (field.kind === "check") {
      input.type = "checkbox";
      input.className = "form-check-input";
      input.checked = Boolean(field.value);
      label.append(input, field.label);
      const choices = document.createElement("div");
      choices.className = "choices";
      choices.append(label);
      box.append(choices);
    } else {
      label.htmlFor = input.id;
      label.textContent = field.label;
      input.className = field.kind === "choice" ? "form-select" : "form-control";
      if (field.kind === "long") input.rows = field.rows ?? 2;
      for (const [value, text] of field.choices ?? []) input.append(new Option(text, value));
      input.value = field.value ?? "";
      box.append(label, input);
      if (field.known?.length) box.append(suggestions(input, field.known));
    }
    if (field.hint) {
      const hint = document.createElement("span");
      hint.className = "hint";
      hint.id = `${input.id}-hint`;
      hint.textContent = field.hint;
      input.setAttribute("aria-describedby", hint.id);
      box.append(hint);
    }
    input.addEventListener("change", () => field.set(input.type === "checkbox" ? input.checked : input.value.trim()));
    return box;
  }

  function suggestions(input, known) {
    const list = document.createElement("datalist");
    list.id = `${input.id}-known`;
    list.append(...known.map((name) => new Option(name)));
    input.setAttribute("list", list.id);
    return list;
  }

  /** The ways out of a question: each leads to its flow, where its condition stands. */
  function ways(field, box) {
    const label = document.createElement("div");
    label.className = "legend";
    label.textContent = field.label;
    const list = document.createElement("ul");
    list.className = "items";
    for (const flow of field.flows) {
      const item = document.createElement("li");
      const go = document.createElement("button");
      go.type = "button";
      go.className = "as-link";
      go.textContent = flow.text;
      go.addEventListener("click", () => {
        modeler.get("selection").select(flow.element);
        body.querySelector("input, textarea")?.focus();
      });
      const more = document.createElement("div");
      more.className = "quiet";
      more.textContent = flow.more;
      item.append(go, more);
      list.append(item);
    }
    box.append(label, list);
    return box;
  }
}

/** "User task", "Timer boundary event": the modeler's own words for the element. */
function kindOf(element, modeler) {
  const translate = modeler.get("translate");
  const object = getBusinessObject(element);
  const kind = object.$type.replace("bpmn:", "");
  const name = { SubProcess: "Sub-process", AdHocSubProcess: "Ad-hoc sub-process" }[kind]
    ?? kind.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().replace(/^./, (letter) => letter.toUpperCase());
  const definition = object.eventDefinitions?.[0]?.$type.replace(/^bpmn:|EventDefinition$/g, "");
  return definition ? `${translate(name)} · ${translate(definition)}` : translate(name);
}
