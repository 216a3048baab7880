import { getBusinessObject, is, isAny } from "bpmn-js/lib/util/ModelUtil";

// Which inputs an element has: [{key, kind, label, value, set(value), hint, choices, known}].
// kind: text, long, choice, check, ways.

const NAMED = [
  // what holds it, the reference on it, the type of the thing in the file, key
  ["bpmn:MessageEventDefinition", "messageRef", "bpmn:Message", "message"],
  ["bpmn:SignalEventDefinition", "signalRef", "bpmn:Signal", "signal"],
  ["bpmn:ErrorEventDefinition", "errorRef", "bpmn:Error", "error"],
  ["bpmn:EscalationEventDefinition", "escalationRef", "bpmn:Escalation", "escalation"],
];

/** The inputs for one element of the drawing. */
export function fieldsOf(element, modeler, say) {
  const object = getBusinessObject(element);
  const edit = editing(modeler, element);
  return [
    name(element, object, modeler, edit, say),
    ...flow(element, object, edit, say),
    ...waysOut(element, object, say),
    ...timer(object, edit, say),
    ...references(object, modeler, edit, say),
    ...condition(object, edit, say),
    ...called(object, edit, say),
    ...several(object, edit, say),
    ...script(object, edit, say),
    documentation(object, edit, say),
  ].filter(Boolean);
}

/** What the inputs write with; every call is one command. */
function editing(modeler, element) {
  const modeling = modeler.get("modeling");
  const moddle = modeler.get("moddle");
  return {
    properties: (values) => modeling.updateProperties(element, values),
    of: (other, values) => modeling.updateProperties(other, values),
    inside: (object, values) => modeling.updateModdleProperties(element, object, values),
    label: (text) => modeling.updateLabel(element, text),
    expression: (text, parent) => {
      if (!text) return undefined;
      const made = moddle.create("bpmn:FormalExpression", { body: text });
      made.$parent = parent;
      return made;
    },
    create: (type, values, parent) => {
      const made = moddle.create(type, values);
      made.$parent = parent;
      return made;
    },
  };
}

function name(element, object, modeler, edit, say) {
  const isText = is(object, "bpmn:TextAnnotation");
  if (!isText && !object.$descriptor.propertiesByName["bpmn:name"] && !object.$descriptor.propertiesByName.name) return null;
  if (is(object, "bpmn:Collaboration")) return null; // its pools have names
  const isRoot = element === modeler.get("canvas").getRootElement();
  return { key: "name", kind: "long", rows: 1, label: say(isText ? "text" : is(object, "bpmn:SequenceFlow") ? "answer" : "name"),
    value: isText ? object.text : object.name,
    set: (value) => (isRoot ? edit.properties({ name: value || undefined }) : edit.label(value)) };
}

function flow(element, object, edit, say) {
  if (!is(object, "bpmn:SequenceFlow") || !element.source) return [];
  const source = getBusinessObject(element.source);
  if (!isAny(source, ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway", "bpmn:ComplexGateway", "bpmn:Activity"])) return [];
  const isDefault = source.default === object;
  return [
    isDefault ? null : { key: "condition", kind: "long", rows: 2, label: say("condition"), hint: say("condition-hint"),
      value: object.conditionExpression?.body,
      set: (value) => edit.properties({ conditionExpression: edit.expression(value, object) }) },
    { key: "default", kind: "check", label: say("default"), value: isDefault,
      set: (value) => edit.of(element.source, { default: value ? object : undefined }) },
  ].filter(Boolean);
}

function waysOut(element, object, say) {
  if (!isAny(object, ["bpmn:ExclusiveGateway", "bpmn:InclusiveGateway", "bpmn:ComplexGateway"])) return [];
  const out = element.outgoing.filter((one) => is(one, "bpmn:SequenceFlow"));
  if (out.length < 2) return [];
  return [{ key: "ways", kind: "ways", label: say("ways"), flows: out.map((one) => {
    const way = getBusinessObject(one);
    return { element: one, text: way.name || getBusinessObject(one.target).name || way.id,
      more: object.default === way ? say("default") : way.conditionExpression?.body ?? say("asked") };
  }) }];
}

function timer(object, edit, say) {
  const definition = definitionOf(object, "bpmn:TimerEventDefinition");
  if (!definition) return [];
  const kinds = ["timeDuration", "timeDate", "timeCycle"];
  const kind = kinds.find((one) => definition[one]) ?? "";
  const write = (to, text) => edit.inside(definition, Object.fromEntries(
    kinds.map((one) => [one, one === to ? edit.expression(text, definition) : undefined])));
  const example = { timeDuration: "PT2H", timeDate: "2027-01-31T09:00:00+01:00", timeCycle: "R3/P1D" };
  return [
    { key: "timer", kind: "choice", label: say("timer"), value: kind,
      choices: [["", say("timer-none")], ...kinds.map((one) => [one, say(one)])],
      set: (value) => write(value, definition[kind]?.body ?? example[value]) },
    kind && { key: "time", kind: "text", label: say("time"), hint: say(`${kind}-hint`), value: definition[kind].body,
      set: (value) => write(kind, value) },
  ].filter(Boolean);
}

function references(object, modeler, edit, say) {
  const found = NAMED.map(([type, property, kind, key]) => [definitionOf(object, type), property, kind, key])
    .filter(([holder]) => holder);
  if (isAny(object, ["bpmn:SendTask", "bpmn:ReceiveTask"])) found.push([object, "messageRef", "bpmn:Message", "message"]);
  const definitions = modeler.getDefinitions();
  const fields = found.map(([holder, property, kind, key]) => {
    const known = definitions.get("rootElements").filter((one) => one.$type === kind);
    return { key, kind: "text", label: say(key), hint: say(`${key}-hint`), value: holder[property]?.name, known: known.map((one) => one.name).filter(Boolean),
      set: (value) => {
        let thing = known.find((one) => one.name === value);
        if (value && !thing) {
          thing = edit.create(kind, { id: freeId(kind, definitions), name: value, ...(kind === "bpmn:Error" ? { errorCode: value } : {}) }, definitions);
          edit.inside(definitions, { rootElements: [...definitions.get("rootElements"), thing] });
        }
        edit.inside(holder, { [property]: value ? thing : undefined });
      } };
  });
  const link = definitionOf(object, "bpmn:LinkEventDefinition");
  if (link) fields.push({ key: "link", kind: "text", label: say("link"), hint: say("link-hint"), value: link.name,
    set: (value) => edit.inside(link, { name: value }) });
  return fields;
}

function condition(object, edit, say) {
  const definition = definitionOf(object, "bpmn:ConditionalEventDefinition");
  return definition ? [{ key: "condition", kind: "long", label: say("condition"), hint: say("condition-hint"), value: definition.condition?.body,
    set: (value) => edit.inside(definition, { condition: edit.expression(value, definition) }) }] : [];
}

function called(object, edit, say) {
  return is(object, "bpmn:CallActivity") ? [{ key: "called", kind: "text", label: say("called"), hint: say("called-hint"), value: object.calledElement,
    set: (value) => edit.properties({ calledElement: value || undefined }) }] : [];
}

function several(object, edit, say) {
  const loop = object.loopCharacteristics;
  if (!loop || !is(loop, "bpmn:MultiInstanceLoopCharacteristics")) return [];
  return [{ key: "count", kind: "text", label: say("count"), hint: say("count-hint"), value: loop.loopCardinality?.body,
    set: (value) => edit.inside(loop, { loopCardinality: edit.expression(value, loop) }) }];
}

function script(object, edit, say) {
  return is(object, "bpmn:ScriptTask") ? [{ key: "script", kind: "long", rows: 4, label: say("script"), hint: say("script-hint"), value: object.script,
    set: (value) => edit.properties({ script: value || undefined }) }] : [];
}

function documentation(object, edit, say) {
  if (!is(object, "bpmn:BaseElement")) return null;
  return { key: "documentation", kind: "long",
    label: say(isAny(object, ["bpmn:Process", "bpmn:Collaboration", "bpmn:Participant"]) ? "about" : "documentation"),
    rows: 3, value: object.documentation?.[0]?.text,
    set: (value) => edit.inside(object, { documentation: value ? [edit.create("bpmn:Documentation", { text: value }, object)] : [] }) };
}

function definitionOf(object, type) {
  return object.eventDefinitions?.find((one) => is(one, type));
}

function freeId(kind, definitions) {
  const stem = kind.replace("bpmn:", "");
  const taken = new Set(definitions.get("rootElements").map((one) => one.id));
  let number = 1;
  while (taken.has(`${stem}_${number}`)) number += 1;
  return `${stem}_${number}`;
}
