import { icon, word } from "../words.js";

// Ctrl K: one box that finds cases, customers and pages, and switches language and theme.
// Without scripts the form in the bar leads to the search page.

let box, input, list, none;
let choices = [];
let chosen = 0;
let asked = 0;
let waiting;

export function startCommandBox() {
  const search = document.querySelector("[data-command]");
  if (!search) return;
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open(search);
    }
  });
  search.addEventListener("click", () => open(search));
  search.addEventListener("input", () => open(search, search.value));
}

function open(search, text = "") {
  box ??= make(search);
  if (box.open) return;
  input.value = text;
  search.value = "";
  box.showModal();
  input.focus();
  refresh(search);
}

function make(search) {
  const dialog = document.createElement("dialog");
  dialog.className = "box command";
  dialog.setAttribute("aria-label", word("command"));
  input = document.createElement("input");
  Object.assign(input, { type: "text", placeholder: search.placeholder, autocomplete: "off", spellcheck: false });
  for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "true",
    "aria-controls": "command-list", "aria-autocomplete": "list", "aria-label": word("command") })) {
    input.setAttribute(name, value);
  }
  list = document.createElement("ul");
  list.id = "command-list";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", word("command"));
  none = document.createElement("p");
  none.className = "none";
  none.setAttribute("role", "status");
  dialog.append(input, list, none);
  document.body.append(dialog);
  input.addEventListener("input", () => {
    asked++; // an answer to an older question comes too late
    show(commands(input.value.trim()));
    clearTimeout(waiting);
    waiting = setTimeout(() => refresh(search), 120);
  });
  input.addEventListener("keydown", onKey);
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) go(choices[Number(item.dataset.index)]);
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  return dialog;
}

function onKey(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && choices.length) {
    event.preventDefault();
    chosen = (chosen + step + choices.length) % choices.length;
    mark();
  } else if (event.key === "Enter" && choices[chosen]) {
    event.preventDefault();
    go(choices[chosen]);
  }
}

async function refresh(search) {
  const text = input.value.trim();
  const mine = ++asked;
  show(commands(text));
  if (text.length < 2) return;
  const answer = await fetch(`${search.dataset.command}?q=${encodeURIComponent(text)}`,
    { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const found = await answer.json();
  if (mine === asked) show([...found.results, ...commands(text)]);
}

/** Pages of the navigation, languages and themes whose name holds `text`. */
function commands(text) {
  const wanted = text.toLowerCase();
  const pages = [...document.querySelectorAll("#side a")].map((link) => ({
    title: link.dataset.name ?? link.textContent.trim(), url: link.href, icon: link.dataset.icon, kind: word("page") }));
  const languages = [...document.querySelectorAll("[data-language]")].map((button) => ({
    title: button.textContent.trim(), icon: "language", kind: word("language"), act: () => button.click() }));
  const themes = [...document.querySelectorAll("button[data-theme]")].map((button) => ({
    title: button.textContent.trim(), icon: button.dataset.icon, kind: word("theme"), act: () => button.click() }));
  return [...pages, ...languages, ...themes].filter((one) =>
    `${one.title} ${one.kind}`.toLowerCase().includes(wanted));
}

function show(found) {
  choices = found;
  chosen = 0;
  list.replaceChildren(...found.map((one, index) => {
    const item = document.createElement("li");
    item.id = `command-${index}`;
    item.dataset.index = index;
    item.setAttribute("role", "option");
    const title = document.createElement("span");
    title.textContent = one.title;
    const kind = document.createElement("span");
    kind.className = "quiet";
    kind.textContent = one.kind ?? "";
    item.append(icon(one.icon ?? "file"), title, kind);
    return item;
  }));
  none.textContent = found.length ? "" : word("nothing");
  mark();
}

function mark() {
  [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === chosen)));
  const current = list.children[chosen];
  if (current) {
    input.setAttribute("aria-activedescendant", current.id);
    current.scrollIntoView({ block: "nearest" });
  } else {
    input.removeAttribute("aria-activedescendant");
  }
}

function go(choice) {
  box.close();
  if (choice.act) choice.act();
  else window.location.assign(choice.url);
}
