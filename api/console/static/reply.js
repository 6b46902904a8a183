// Reply templates: a button fills the answer; what was typed is never overwritten without asking.

const reply = document.getElementById("reply");
const templates = document.querySelector("[data-templates]");

if (reply && templates) {
  templates.hidden = false;
  templates.addEventListener("click", (event) => {
    const text = event.target.closest("[data-fill]")?.dataset.fill;
    if (text === undefined) return;
    reply.value = reply.value.trim() ? `${reply.value.trimEnd()}\n\n${text}` : text;
    reply.focus();
  });
}
