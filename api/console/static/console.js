// Every page: keys, the help sheet, theme, times that stay true, forms that are sent once.

import { startKeys } from "./keys.js";
import { start, startInPlace } from "./page.js";
import { startTimes } from "./times.js";

const root = document.documentElement;

function startTheme() {
  const themes = ["auto", "light", "dark"];
  const button = document.querySelector("[data-theme-switch]");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = root.dataset.theme;
    const dark = shown === "dark" || (shown === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
    const next = dark ? "light" : "dark";
    root.dataset.theme = themes.includes(next) ? next : "auto";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `ibasho_theme=${next}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  });
}

function startSheets() {
  for (const button of document.querySelectorAll("[data-open]")) {
    const sheet = document.getElementById(button.dataset.open);
    button.hidden = false;
    button.addEventListener("click", () => (sheet.open ? sheet.close() : sheet.showModal()));
    sheet.addEventListener("click", (event) => {
      if (event.target === sheet) sheet.close();
    });
  }
}

// A form goes out once; the server would refuse the second one, this spares the detour.
function startForms(signal) {
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
      root.classList.add("busy");
    });
  }
  for (const form of document.querySelectorAll("form[data-auto-submit]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    root.classList.remove("busy");
  }, { signal });
  root.classList.remove("busy");
}

function startOffline(signal) {
  const bar = document.querySelector("[data-offline]");
  const show = () => { bar.hidden = navigator.onLine; };
  addEventListener("online", show, { signal });
  addEventListener("offline", show, { signal });
  show();
}

// Veiled words: shown while the page is open, veiled again on the next one.
function startVeil() {
  const button = document.querySelector("[data-reveal]");
  const toggle = () => {
    const shown = document.body.classList.toggle("revealed");
    button?.setAttribute("aria-pressed", String(shown));
  };
  if (button) {
    button.hidden = false;
    button.addEventListener("click", toggle);
    return {};
  }
  return document.querySelector("mark") ? { v: toggle } : {};
}

// On a phone the menu scrolls sideways; the page one is on is in view.
function startMenu() {
  const menu = document.querySelector(".menu");
  const here = menu?.querySelector("[aria-current]");
  if (here) menu.scrollLeft = here.offsetLeft - menu.clientWidth / 2 + here.offsetWidth / 2;
}

// What a figure means goes away with Escape, without moving pointer or focus, and comes back with the next visit.
function startTips(signal) {
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const shown of document.querySelectorAll(".defined:is(:hover, :focus)")) shown.classList.add("closed");
  }, { signal });
  for (const name of document.querySelectorAll(".defined")) {
    for (const gone of ["pointerleave", "blur"]) {
      name.addEventListener(gone, () => name.classList.remove("closed"));
    }
  }
}

function startPrint() {
  const button = document.querySelector("[data-print]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => print());
}

startTimes();
start((signal) => {
  startTheme();
  startPrint();
  startTips(signal);
  startMenu();
  startSheets();
  startForms(signal);
  startInPlace();
  startOffline(signal);
  startKeys(startVeil(), signal);
});
