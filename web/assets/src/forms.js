import { Form } from "@bpmn-io/form-js-viewer";

// A step's form: form-js draws it, an ordinary multipart <form> sends it, so that CSRF, files and
// error pages are those of every other form.
//
//   <form id="work-form" method="post" enctype="multipart/form-data">…<input type="hidden" name="data"></form>
//   <div data-form="work-form"><script type="application/json">{schema, data, words, errors, readonly}</script></div>
//   <button form="work-form">…</button>

for (const place of document.querySelectorAll("[data-form]")) mount(place);
document.addEventListener("htmx:afterSwap", (event) => {
  for (const place of event.target.querySelectorAll("[data-form]")) mount(place);
});

async function mount(place) {
  if (place.dataset.mounted) return;
  place.dataset.mounted = "yes";
  const given = JSON.parse(place.querySelector("script").textContent);
  const form = new Form({
    container: place,
    additionalModules: [{ translate: ["value", translator(given.words ?? {})] }],
    properties: { readOnly: Boolean(given.readonly) },
  });
  await form.importSchema(withoutButtons(given.schema), given.data ?? {});
  if (Object.keys(given.errors ?? {}).length) {
    await rendered(); // form-js first checks the values it was given, and would wipe these out
    form._setState({ errors: errorsById(form, given.errors) });
  }
  for (const button of place.querySelectorAll(".fjs-filepicker-button")) { // form-js doesn't translate this one
    button.textContent = given.words?.Browse ?? button.textContent;
  }
  place.dispatchEvent(new CustomEvent("form:ready", { bubbles: true }));
  const sender = document.getElementById(place.dataset.form);
  if (!sender || given.readonly) return;
  sender.noValidate = true;
  sender.addEventListener("submit", (event) => {
    // form-js takes up what was typed a moment later, or when its field is left.
    if (place.contains(document.activeElement)) document.activeElement.blur();
    if (!fill(form, sender)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      rendered().then(() => place.querySelector(
        ".fjs-has-errors input, .fjs-has-errors textarea, .fjs-has-errors select")?.focus());
    }
  });
  place.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.defaultPrevented && event.target.matches(".fjs-form-field-textfield input, .fjs-form-field-number input")) {
      event.preventDefault();
      sender.requestSubmit();
    }
  });
}

/** When form-js has drawn what was set. */
function rendered() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 30)));
}

/** Checks the form and copies its answers and files into the form that is sent; false when something is wrong. */
function fill(form, sender) {
  const { data, errors, files } = form.submit();
  if (Object.keys(errors).length) return false;
  sender.querySelector("input[name=data]").value = JSON.stringify(data);
  for (const old of sender.querySelectorAll("input[data-carried]")) old.remove();
  for (const [key, value] of Object.entries(data)) {
    if (typeof value !== "string" || !files.has(value)) continue;
    const carried = document.createElement("input");
    Object.assign(carried, { type: "file", name: `file:${key}`, multiple: true, hidden: true });
    carried.dataset.carried = "yes";
    const chosen = new DataTransfer();
    for (const file of files.get(value)) chosen.items.add(file);
    carried.files = chosen.files;
    sender.append(carried);
  }
  return true;
}

/** The server's complaints, {field key: sentence}, by form-js's ids. */
function errorsById(form, errors) {
  const found = {};
  for (const field of form.get("formFieldRegistry").getAll()) {
    if (field.key in errors) found[field.id] = [errors[field.key]];
  }
  return found;
}

/** The page has its own buttons: those of the schema would be a second, different way to send. */
function withoutButtons(schema) {
  return { ...schema, components: (schema.components ?? []).filter((one) => one.type !== "button") };
}

function translator(words) {
  return (template, values = {}) => (words[template] ?? template)
    .replace(/{([^}]+)}/g, (whole, name) => values[name] ?? whole);
}
