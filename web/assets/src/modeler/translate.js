import { CHINESE } from "./chinese.js";

/** A bpmn-js module that says everything in the page's language. */
export function translation(language) {
  const texts = language.startsWith("zh") ? CHINESE : {};
  return { translate: ["value", (template, values = {}) => (texts[template] ?? template)
    .replace(/{([^}]+)}/g, (whole, key) => values[key] ?? whole)] };
}
