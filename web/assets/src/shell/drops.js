import { word } from "../words.js";

/** File areas (`.drop` around a file input): take dropped files, name what was chosen. With
    data-folders ("suffixes that are taken") folders too: their files' paths go into an input `paths`. */
export function startFileDrops() {
  document.addEventListener("dragover", (event) => toggle(event, true));
  document.addEventListener("dragleave", (event) => toggle(event, false));
  document.addEventListener("drop", async (event) => {
    const area = event.target.closest?.(".drop");
    if (!area) return;
    toggle(event, false);
    const input = area.querySelector("input[type=file]");
    if (area.dataset.folders !== undefined) {
      const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      return take(area, (await Promise.all(entries.map((entry) => within(entry)))).flat());
    }
    const kept = new DataTransfer();
    for (const file of event.dataTransfer.files) {
      if (input.multiple || kept.items.length === 0) kept.items.add(file);
    }
    input.files = kept.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    if (event.target.dataset.folder !== undefined) {
      const files = [...event.target.files].map((file) => [file.webkitRelativePath || file.name, file]);
      return take(event.target.form.querySelector(".drop"), files);
    }
    const area = event.target.closest?.(".drop");
    if (!area) return;
    show(area, [...event.target.files].map((file) => file.name));
    if (area.dataset.send !== undefined && event.target.files.length) send(area, event.target.form);
  });
}

/** The files of a folder that was dropped, with their paths. */
async function within(entry) {
  if (entry.isFile) return [[entry.fullPath.slice(1), await new Promise((done, failed) => entry.file(done, failed))]];
  const reader = entry.createReader();
  const found = [];
  for (;;) { // a reader gives at most a hundred entries at a time
    const some = await new Promise((done, failed) => reader.readEntries(done, failed));
    if (!some.length) return (await Promise.all(found.map(within))).flat();
    found.push(...some);
  }
}

/** Puts files with paths into the area's input and sends the form. A lone file is sent whatever it is called. */
function take(area, files) {
  const suffixes = area.dataset.folders.split(" ");
  const wanted = files.filter(([path]) => !path.includes("/") || suffixes.some((suffix) => path.toLowerCase().endsWith(suffix)));
  const kept = new DataTransfer();
  for (const [, file] of wanted) kept.items.add(file);
  const input = area.querySelector("input[type=file]");
  input.files = kept.files;
  input.form.querySelector("input[name=paths]").value = JSON.stringify(wanted.map(([path]) => path));
  show(area, wanted.map(([path]) => path));
  if (wanted.length) send(area, input.form);
}

function send(area, form) {
  const chosen = area.querySelector(".chosen");
  chosen.textContent = word("reading", { names: chosen.textContent });
  form.requestSubmit();
}

function show(area, names) {
  area.querySelector(".chosen").textContent = names.slice(0, 12).join(", ") + (names.length > 12 ? ` … (${names.length})` : "");
}

function toggle(event, over) {
  const area = event.target.closest?.(".drop");
  if (!area) return;
  event.preventDefault();
  area.classList.toggle("over", over);
}
