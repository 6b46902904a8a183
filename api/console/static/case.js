// The case page: reasons on marks, the lease, the long form.

import { every, start } from "./page.js";

// One bubble for all marks, placed by hand so that it never leaves the page.
function startReasons(signal) {
  const bubble = document.createElement("div");
  bubble.className = "why";
  bubble.setAttribute("role", "tooltip");
  bubble.hidden = true;
  document.body.append(bubble);
  const hide = () => { bubble.hidden = true; };
  const show = (mark) => {
    if (!mark.dataset.why) return;
    bubble.textContent = mark.dataset.why;
    bubble.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = Math.min(Math.max(box.left, 16), innerWidth - bubble.offsetWidth - 16);
    const above = box.top - bubble.offsetHeight - 6; // the reasons themselves stand below
    bubble.style.left = `${left}px`;
    bubble.style.top = `${above > 0 ? above : box.bottom + 6}px`;
  };
  for (const mark of document.querySelectorAll("mark[data-why]")) {
    mark.addEventListener("pointerenter", () => show(mark));
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("pointerleave", hide);
    mark.addEventListener("blur", hide);
  }
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide(); }, { signal });
  addEventListener("scroll", hide, { passive: true, capture: true, signal });
}

function loseClaim() {
  document.querySelector("[data-lost]").hidden = false;
  for (const form of document.querySelectorAll("form[data-decides]")) {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  }
}

function keepVersion(version) {
  for (const field of document.querySelectorAll("input[name=version]")) field.value = String(version);
}

// The lease is renewed while the page is open and looked at; a machine asleep gives the case back.
function startLease(signal) {
  const form = document.querySelector("form[data-renew]");
  if (!form) return;
  let lost = false;
  const renew = async () => {
    if (lost) return;
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "error" });
    } catch {
      return; // offline, or logged out: the server decides when something is sent
    }
    if (signal.aborted) return;
    if (answer.ok) {
      const { version, until, hit_seq: hitSeq } = await answer.json();
      keepVersion(version);
      const left = document.querySelector(".lease time");
      if (left && until) left.dateTime = until;
      if (hitSeq > Number(form.dataset.hitSeq)) document.querySelector("[data-news]").hidden = false;
    } else if (answer.status === 409 || answer.status === 403 || answer.status === 404) {
      lost = true;
      loseClaim();
    }
  };
  every(Math.max(Number(form.dataset.renew) * 1000 / 4, 1000), renew, signal);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); }, { signal });
}

// What does not go with the chosen outcome cannot be chosen; the server checks it as well.
function startLongForm() {
  const form = document.querySelector("form[data-actions]");
  if (!form) return;
  const allowed = new Map(
    form.dataset.actions.split(";").filter(Boolean).map((part) => {
      const [outcome, actions] = part.split(":");
      return [outcome, actions.split(",")];
    }),
  );
  const update = () => {
    const outcome = form.querySelector("input[name=outcome]:checked")?.value ?? "violation";
    for (const box of form.querySelectorAll("input[name=actions]")) {
      box.disabled = !allowed.get(outcome).includes(box.value);
      if (box.disabled) box.checked = false;
    }
    for (const part of form.querySelectorAll("[data-for-violation]")) part.hidden = outcome === "no_violation";
  };
  form.addEventListener("change", (event) => {
    if (event.target.name === "actions" && event.target.checked) {
      const none = event.target.value === "none";
      for (const box of form.querySelectorAll("input[name=actions]")) {
        if (box !== event.target && (none || box.value === "none")) box.checked = false;
      }
    }
    update();
  });
  update();
}

// The talk opens at the first flagged line, not at its beginning.
function startTalk() {
  const talk = document.querySelector(".talk");
  const first = talk?.querySelector(".flagged");
  if (first) talk.scrollTop = first.offsetTop - talk.offsetTop - talk.clientHeight / 2;
}

// While the stream runs its chat goes on: the piece of the page is asked for again.
function startTalkRefresh(signal) {
  const place = document.querySelector("[data-talk]");
  if (!place?.dataset.talk) return;
  const refresh = async () => {
    if (document.hidden || place.contains(document.activeElement)) return;
    try {
      const answer = await fetch(place.dataset.talk, { redirect: "error" });
      if (!answer.ok) return;
      const talk = place.querySelector(".talk");
      const atEnd = talk && talk.scrollTop + talk.clientHeight > talk.scrollHeight - 8;
      const kept = talk?.scrollTop ?? 0;
      place.innerHTML = await answer.text();
      const fresh = place.querySelector(".talk");
      if (fresh) fresh.scrollTop = atEnd ? fresh.scrollHeight : kept;
    } catch {
      // offline: the next round asks again
    }
  };
  every(TALK_EVERY, refresh, signal);
}

// What is wrong in the long form may lie further down in its panel.
function startProblems() {
  document.querySelector(".problem")?.scrollIntoView({ block: "nearest" });
}

const TALK_EVERY = 10_000; // milliseconds

start((signal) => {
  startReasons(signal);
  startTalk();
  startTalkRefresh(signal);
  startProblems();
  startLease(signal);
  startLongForm();
});
