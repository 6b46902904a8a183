// What a page starts, and starts anew where the next case takes its place without a page load.

const starters = [];
let page = new AbortController();
let address = addressNow();

function addressNow() {
  return location.pathname + location.search;
}

// ``starter(signal)``: listeners beyond the page's own elements end with the signal.
export function start(starter) {
  starters.push(starter);
  starter(page.signal);
}

export function every(milliseconds, call, signal) {
  const timer = setInterval(call, milliseconds);
  signal.addEventListener("abort", () => clearInterval(timer));
}

function show(next) {
  page.abort();
  page = new AbortController();
  Object.assign(document.documentElement.dataset, next.documentElement.dataset);
  document.title = next.title;
  document.body.replaceWith(next.body);
  scrollTo(0, 0);
  (document.querySelector("[autofocus]") ?? document.getElementById("main")).focus({ preventScroll: true });
  for (const starter of starters) starter(page.signal);
}

// The next case has the same style sheets and scripts: only its body is new. Where a form leads elsewhere
// (to the queue when nothing is left, to the login) that page is loaded as ever.
async function follow(form, submitter) {
  const body = new URLSearchParams(new FormData(form, submitter));
  const answer = await fetch(form.action, { method: "POST", body });
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.redirected && !next.body.classList.contains("case-page")) {
    location.assign(answer.url);
    return;
  }
  show(next);
  history.pushState(null, "", answer.redirected ? answer.url : location.href);
  address = addressNow();
}

export function startInPlace() {
  let underWay = false; // one step after the other: the first answer takes this page away
  for (const form of document.querySelectorAll("form[data-in-place]")) {
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      if (underWay) return;
      underWay = true;
      follow(form, event.submitter).catch(() => {
        // Offline, or the server is away: nobody knows whether it arrived, and sending again decides once.
        underWay = false;
        delete form.dataset.sent;
        document.documentElement.classList.remove("busy");
        document.querySelector("[data-offline]").hidden = false;
      });
    });
  }
}

// Going back loads the page anew: nobody decides on a state that is past. A step within the page is none.
addEventListener("popstate", () => {
  if (addressNow() !== address) location.reload();
});
