import { word } from "../words.js";

/** Asks before a form with data-confirm is sent, or an htmx request with hx-confirm. */
export function startConfirm(htmx) {
  document.addEventListener("submit", async (event) => {
    const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
    if (!question || event.target.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await ask(question, event.submitter?.textContent.trim())) {
      event.target.dataset.confirmed = "yes";
      event.target.requestSubmit(event.submitter);
      delete event.target.dataset.confirmed;
    }
  }, true);
  htmx.on("htmx:confirm", async (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    if (await ask(event.detail.question, event.detail.elt.textContent.trim())) event.detail.issueRequest(true);
  });
}

/** A question in a dialog; true when the person agrees. `yes` names the deed. */
function ask(question, yes) {
  const dialog = document.createElement("dialog");
  dialog.className = "box";
  const body = document.createElement("form");
  body.method = "dialog";
  body.className = "sheet-body";
  const text = document.createElement("p");
  text.textContent = question;
  text.id = "confirm-question";
  dialog.setAttribute("aria-labelledby", text.id);
  const end = document.createElement("div");
  end.className = "form-end";
  end.append(button("yes", yes || word("yes"), "btn btn-primary"), button("no", word("cancel"), "btn"));
  body.append(text, end);
  dialog.append(body);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => {
    resolve(dialog.returnValue === "yes");
    dialog.remove();
  }));
}

function button(value, text, look) {
  const made = document.createElement("button");
  Object.assign(made, { value, className: look, textContent: text });
  return made;
}
