// Times on the page stay true while it is open. The words come from the server (data-times).

const root = document.documentElement;
const WORDS = JSON.parse(root.dataset.times);
const WEEK = 7 * 86400;
const NOW_SECONDS = 5;

// The server's clock counts, not the one of this machine.
const skew = Date.now() - Date.parse(root.dataset.clock);

function inUnits(seconds, form) {
  const units = WORDS[form];
  const [size, words] = units.find(([unit]) => seconds >= unit) ?? units[units.length - 1];
  return words.replace("%d", String(Math.floor(seconds / size)));
}

function textOf(element, now) {
  const gone = (now - Date.parse(element.dateTime)) / 1000;
  switch (element.dataset.form) {
    case "ago":
      if (gone > WEEK || gone < -NOW_SECONDS) return null;
      return gone < NOW_SECONDS ? root.dataset.now : inUnits(gone, "ago");
    case "left":
      return gone <= 0 ? inUnits(-gone, "left") : inUnits(gone, "over");
    default:
      return inUnits(Math.max(gone, 0), "waited");
  }
}

function refresh() {
  const now = Date.now() - skew;
  for (const element of document.querySelectorAll("time[data-form]")) {
    const text = textOf(element, now);
    if (text !== null && text !== element.textContent) element.textContent = text;
  }
}

export function startTimes() {
  setInterval(refresh, 1000);
}
