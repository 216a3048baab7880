// Two drawings side by side: they are moved and zoomed together, and an entry of the list, or an
// element of one drawing, chooses the same on both. <div data-compare> holds the two drawings
// (data-side="old" and "new") and the list, whose entries say data-old and data-new.

for (const place of document.querySelectorAll("[data-compare]")) couple(place);

function couple(place) {
  const sides = { old: place.querySelector("[data-side='old']"), new: place.querySelector("[data-side='new']") };
  const entries = [...place.querySelectorAll(".diff-entry")];
  let following = false;

  place.addEventListener("drawing:ready", () => {
    if (!sides.old.baton || !sides.new.baton) return;
    for (const [side, other] of [["old", "new"], ["new", "old"]]) {
      const from = sides[side].baton, to = sides[other].baton;
      from.on("canvas.viewbox.changed", ({ viewbox }) => follow(viewbox, to));
    }
    follow(sides.old.baton.get("canvas").viewbox(), sides.new.baton);
  });

  for (const entry of entries) entry.addEventListener("click", () => choose(entry));
  for (const side of ["old", "new"]) {
    sides[side].addEventListener("drawing:select", (event) => {
      const entry = entries.find((each) => each.dataset[side] === event.detail);
      mark(entry);
      const other = side === "old" ? "new" : "old";
      // What is the same in both has no entry: it goes by one id.
      const twin = entry ? entry.dataset[other] : event.detail;
      if (!following && twin) quietly(() => pick(sides[other], twin));
    });
  }

  function follow(viewbox, viewer) {
    if (following) return;
    quietly(() => viewer.get("canvas").viewbox({ x: viewbox.x, y: viewbox.y, width: viewbox.width, height: viewbox.height }));
  }

  function choose(entry) {
    quietly(() => {
      for (const side of ["old", "new"]) if (entry.dataset[side]) pick(sides[side], entry.dataset[side]);
    });
    mark(entry);
    const side = entry.dataset.new ? "new" : "old";
    const viewer = sides[side].baton;
    if (viewer?.get("elementRegistry").get(entry.dataset[side])) {
      viewer.get("canvas").scrollToElement(entry.dataset[side], 80);
      follow(viewer.get("canvas").viewbox(), sides[side === "new" ? "old" : "new"].baton);
    }
  }

  function mark(chosen) {
    for (const entry of entries) entry.toggleAttribute("aria-current", entry === chosen);
    chosen?.scrollIntoView({ block: "nearest" });
  }

  function quietly(act) {
    following = true;
    try { act(); } finally { following = false; }
  }
}

function pick(drawing, id) {
  drawing.dispatchEvent(new CustomEvent("drawing:choose", { detail: id }));
}
