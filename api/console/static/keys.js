// Keys: every element with data-key is pressed by its key; j and k walk along data-step.

// So long after the next case has come up, in milliseconds, keys that decide are not heard: a key struck
// twice must not settle a case that nobody has seen yet. Who loaded a page asked for it: there all are heard.
const CAREFUL = 300;
let loaded = true;

const EDITABLE = "input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]";

function press(element) {
  if (element.matches("select, input, textarea")) {
    element.focus();
  } else if (element.tagName === "SUMMARY") {
    const details = element.parentElement;
    details.open = !details.open;
    if (details.open) details.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    else element.focus();
  } else {
    element.click();
  }
}

function walk(by) {
  const steps = [...document.querySelectorAll("[data-step]")].filter((step) => step.offsetParent !== null);
  if (steps.length === 0) return;
  const at = steps.findIndex((step) => step === document.activeElement || step.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : steps.length - 1) : Math.min(Math.max(at + by, 0), steps.length - 1);
  steps[next].focus();
  steps[next].scrollIntoView({ block: "nearest" });
}

function elementOf(key) {
  const quoted = CSS.escape(key);
  const found = document.querySelectorAll(`[data-key="${quoted}"], [data-key-also="${quoted}"]`);
  return [...found].find((element) => !element.disabled && !element.hidden);
}

export function startKeys(more, signal) {
  let ready = false;
  const listen = () => {
    ready = true;
    if (!signal.aborted) document.body.dataset.ready = "";
  };
  const hear = (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target.matches?.(EDITABLE)) {
      event.target.blur();
      return;
    }
    if (event.target.matches?.(EDITABLE)) return;
    if (document.querySelector("dialog[open]") && event.key !== "?") return;
    const key = event.key.length === 1 ? event.key.normalize("NFKC") : event.key;
    if (key === "j" || key === "k") {
      walk(key === "j" ? 1 : -1);
    } else if (more[key]) {
      more[key]();
    } else {
      const element = elementOf(key);
      if (!element) return;
      if (!event.repeat && (ready || !element.closest("[data-decides]"))) press(element);
    }
    event.preventDefault();
  };
  document.addEventListener("keydown", hear, { signal });
  if (!loaded) {
    setTimeout(listen, CAREFUL);
    return;
  }
  loaded = false;
  listen();
  for (const event of takeEarlyKeys()) {
    hear(event);
    if (document.activeElement.matches(EDITABLE)) break; // what was typed after it was meant for this field
  }
}
