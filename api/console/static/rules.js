// Rules: line numbers beside the editor, jumps to a problem's line, the bar of a running backtest.

function startEditor(form) {
  const text = form.querySelector("#text");
  const gutter = form.querySelector(".gutter");
  const bad = new Set([...document.querySelectorAll("[data-line]")].map((link) => Number(link.dataset.line)));
  const number = () => {
    const lines = text.value.split("\n").length;
    if (Number(gutter.dataset.lines) === lines) return;
    gutter.dataset.lines = String(lines);
    gutter.replaceChildren(
      ...Array.from({ length: lines }, (_, at) => {
        const line = document.createElement("span");
        line.style.display = "block";
        line.textContent = String(at + 1);
        if (bad.has(at + 1)) line.className = "bad";
        return line;
      }),
    );
  };
  const follow = () => { gutter.scrollTop = text.scrollTop; };
  text.addEventListener("input", number);
  text.addEventListener("scroll", follow);
  number();
  for (const link of document.querySelectorAll("[data-line]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const before = text.value.split("\n").slice(0, Number(link.dataset.line) - 1);
      const start = before.reduce((sum, line) => sum + line.length + 1, 0);
      text.focus();
      text.setSelectionRange(start, start + (text.value.slice(start).split("\n")[0] || "").length);
      text.scrollTop = Math.max(0, (before.length - 4) * parseFloat(getComputedStyle(text).lineHeight));
      follow();
    });
  }
  const kept = text.value;
  let sent = false;
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("beforeunload", (event) => {
    if (!sent && text.value !== kept) event.preventDefault();
  });
}

async function followBacktest(card) {
  const bar = card.querySelector("progress");
  for (;;) {
    await new Promise((resolve) => { setTimeout(resolve, 1000); });
    const answer = await fetch(`/console/rules/backtests/${card.dataset.backtest}`).catch(() => null);
    if (!answer?.ok) continue;
    const { state, done, total } = await answer.json();
    if (state === "done" || state === "failed") {
      location.reload();
      return;
    }
    bar.value = total ? done / total : 0;
    card.querySelector("[data-done]").textContent = done.toLocaleString();
    card.querySelector("[data-total]").textContent = total.toLocaleString();
  }
}

for (const form of document.querySelectorAll("[data-editor]")) startEditor(form);
for (const card of document.querySelectorAll("[data-backtest]")) followBacktest(card);
