/** A function that gives the page's text for a key, its {names} filled. */
export function texts(words) {
  return (key, values = {}) => (words[key] ?? key).replace(/{(\w+)}/g, (whole, name) => values[name] ?? whole);
}
