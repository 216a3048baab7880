// Saving: Ctrl S or the button; leaving with unsaved changes asks first.

/** Sends the drawing to `given.save`; the answer says where the draft is and what was saved. */
export function startSaving(modeler, given, say, tell) {
  const stack = modeler.get("commandStack");
  const button = document.querySelector('[data-do="save"]');
  const state = document.getElementById("kept");
  let { save: address, revision } = given;
  let kept = given.fresh ? -1 : 0; // a new journey is unsaved from the start
  let changes = 0;
  let busy = false;
  modeler.on("commandStack.changed", () => {
    changes += 1;
    show();
  });
  button.addEventListener("click", send);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      send();
    }
  }, true); // before the label that is being typed, which keeps its keys for itself
  window.addEventListener("beforeunload", (event) => {
    if (changes > Math.max(kept, 0)) event.preventDefault();
  });
  show();

  async function send() {
    if (busy) return;
    finishTyping(modeler);
    busy = true;
    const saving = changes;
    show();
    try {
      const { xml } = await modeler.saveXML({ format: true });
      const answer = await fetch(address, {
        method: "POST", credentials: "same-origin", body: JSON.stringify({ xml, revision }),
        headers: { "Content-Type": "application/json", Accept: "application/json",
          "X-CSRFToken": document.querySelector('meta[name="csrf-token"]').content },
      });
      const said = await answer.json().catch(() => ({}));
      if (!answer.ok) throw new Error(said.detail ?? say("not-saved"));
      kept = saving;
      revision = said.revision;
      address = said.save;
      document.dispatchEvent(new CustomEvent("modeler:saved", { detail: said }));
      if (window.location.pathname !== said.address) window.history.replaceState(null, "", said.address);
      for (const link of document.querySelectorAll("[data-draft]")) {
        link.hidden = false;
        link.href = said[link.dataset.draft];
      }
      document.getElementById("messages").replaceChildren();
    } catch (problem) {
      tell(problem instanceof TypeError ? say("not-saved") : problem.message, "error");
    } finally {
      busy = false;
      show();
    }
  }

  function show() {
    const unsaved = changes !== kept;
    button.disabled = busy || !unsaved;
    state.textContent = say(busy ? "saving" : unsaved ? "unsaved" : "saved");
  }
}

/** What is still being typed, on the drawing or in the panel, counts. */
function finishTyping(modeler) {
  const editing = modeler.get("directEditing");
  if (editing.isActive()) editing.complete();
  const typing = document.activeElement;
  if (typing?.matches?.("#properties input, #properties textarea, #properties select")) {
    typing.blur();
    typing.focus();
  }
}
