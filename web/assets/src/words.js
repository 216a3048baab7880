// What scripts say to people comes from the server, in the page's language:
// <script type="application/json" id="words">{"key": "text with {name}"}</script>
const element = document.getElementById("words");
const texts = element ? JSON.parse(element.textContent) : {};

/** The text for `key`, its {names} filled from `values`; the key itself where there is none. */
export function word(key, values = {}) {
  return (texts[key] ?? key).replace(/{(\w+)}/g, (whole, name) => values[name] ?? whole);
}

/** Address of the icon sprite. */
export const sprite = element?.dataset.icons ?? "";

/** An <svg class="icon"> showing one icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
