// Live updates. The queue marks what others take and says how much is new; the case page says who was there.

import { start } from "./page.js";

function text(template, values) {
  return Object.entries(values).reduce((made, [name, value]) => made.replace(`{${name}}`, String(value)), template);
}

function startQueue(bar) {
  const seen = new Set();
  const taken = { claimed: true, released: false, skipped: false, decided: false, moved: false, undone: true };
  const show = () => {
    bar.hidden = seen.size === 0;
    bar.querySelector("[data-count]").textContent = text(bar.dataset.text, { n: seen.size });
  };
  return ({ case_id: id, kind, by, mine }) => {
    const row = document.querySelector(`tr[data-case="${CSS.escape(id)}"]`);
    if (row && kind in taken && !mine) {
      row.classList.toggle("taken", taken[kind]);
      const gone = bar.dataset[kind]; // the word for it, where it leaves the list
      row.classList.toggle("gone", gone !== undefined);
      row.querySelector("[data-holder]").textContent = taken[kind] ? by ?? "" : gone ?? "—";
    }
    if ((kind === "opened" || kind === "undone") && !row) {
      seen.add(id);
      show();
    }
  };
}

function startCase(bar, id) {
  const words = JSON.parse(bar.dataset.words);
  return (event) => {
    if (event.case_id !== id || event.mine || !(event.kind in words)) return;
    bar.hidden = false;
    bar.querySelector("[data-text]").textContent = text(words[event.kind], { name: event.by ?? "" });
  };
}

let source = null;
let state = "off";
let hear = () => {};

function light(now) {
  state = now;
  document.body.dataset.live = state;
  const lamp = document.querySelector("[data-lamp]");
  if (lamp) lamp.textContent = lamp.dataset[state];
}

function listen() {
  source = new EventSource("/console/events");
  source.addEventListener("ready", () => light("on"));
  source.addEventListener("error", () => light("off"));
  source.addEventListener("case", (message) => hear(JSON.parse(message.data)));
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

// One stream, however many cases take each other's place on the page.
start(() => {
  const queue = document.querySelector("[data-live-queue]");
  const open = document.querySelector("[data-live-case]");
  if (!queue && !open) return;
  hear = queue ? startQueue(queue) : startCase(open, open.dataset.liveCase);
  if (source) light(state);
  else listen();
});
