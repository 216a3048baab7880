// Choosing an element, by mouse or keyboard: a "drawing:select" event with its id, and, where the
// page asks for it, a panel loaded from data-select-url ("{element}" stands for the id). With
// data-chosen-in the page's address keeps what is chosen, and the empty canvas chooses nothing.

/** Lets elements be chosen when the page listens: data-selectable, data-select-url or marks.links. */
export function makeSelectable(viewer, place, marks) {
  const links = marks.links ?? {};
  const url = place.dataset.selectUrl;
  if (!url && place.dataset.selectable === undefined && !Object.keys(links).length) return;
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  let chosen;

  const elements = registry.filter((element) => isStep(element) && (url || place.dataset.selectable !== undefined || links[element.id]));
  elements.sort((one, other) => one.x - other.x || one.y - other.y);
  for (const element of elements) {
    const shape = registry.getGraphics(element);
    shape.setAttribute("tabindex", "0");
    shape.setAttribute("role", "button");
    shape.setAttribute("aria-label", element.businessObject.name || element.id);
    shape.classList.add("choosable");
    shape.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(element.id);
    });
  }
  viewer.on("element.click", ({ element }) => {
    const drawn = element.labelTarget ?? element;
    if (elements.includes(drawn)) choose(drawn.id);
    else if (place.dataset.chosenIn && chosen && !drawn.waypoints) choose("");
  });
  place.addEventListener("drawing:choose", (event) => choose(event.detail));
  if (place.dataset.chosen) mark(place.dataset.chosen);
  bringIntoView(place.dataset.chosen);

  function choose(id) {
    if (id && !registry.get(id)) return;
    mark(id);
    place.dispatchEvent(new CustomEvent("drawing:select", { bubbles: true, detail: id }));
    if (place.dataset.chosenIn) window.history.replaceState(null, "", addressOf(id));
    if (links[id]) window.location.assign(links[id]);
    else if (url) window.htmx.ajax("GET", url.replace("{element}", encodeURIComponent(id)),
      { target: place.dataset.selectInto, swap: "innerHTML" });
  }

  // The address of the page says what is chosen: ?<data-chosen-in>=<element>.
  function addressOf(id) {
    const address = new URL(window.location.href);
    if (id) address.searchParams.set(place.dataset.chosenIn, id);
    else address.searchParams.delete(place.dataset.chosenIn);
    address.hash = "";
    return address;
  }

  function mark(id) {
    if (chosen) canvas.removeMarker(chosen, "is-chosen");
    chosen = id && registry.get(id) ? id : undefined;
    if (chosen) canvas.addMarker(chosen, "is-chosen");
  }

  function bringIntoView(id) {
    if (id && registry.get(id) && canvas.zoom() < 0.5) canvas.scrollToElement(id, 120);
  }
}

function isStep(element) {
  const kind = element.businessObject?.$type ?? "";
  return !element.labelTarget && !element.waypoints &&
    /Task|Activity|Event|Gateway|SubProcess|Transaction/.test(kind);
}

// A page's own links may choose an element: <a data-choose="Task_1" href="#drawing">.
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-choose]");
  if (!link) return;
  const place = document.querySelector("[data-drawing]");
  if (!place) return;
  if (place.dataset.chosenIn) {
    event.preventDefault();
    place.scrollIntoView({ block: "nearest" });
  }
  if (link.dataset.metric) place.dispatchEvent(new CustomEvent("drawing:metric", { detail: link.dataset.metric }));
  place.dispatchEvent(new CustomEvent("drawing:choose", { detail: link.dataset.choose }));
});
