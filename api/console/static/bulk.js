// The bulk preview: how many are chosen, all or none, and nothing decided without one.

const form = document.querySelector("form[data-bulk]");

function start() {
  const boxes = [...form.querySelectorAll("input[name=cases]:not(:disabled)")];
  const all = form.querySelector("[data-all]");
  const count = form.querySelector("[data-chosen]");
  const update = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = count.dataset.text.replace("{n}", String(chosen));
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
    for (const button of form.querySelectorAll("button.preset")) button.disabled = chosen === 0;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    update();
  });
  form.addEventListener("change", update);
  update();
}

if (form) start();
