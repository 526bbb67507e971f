// The rest between two sets, as a clock over the figure. It starts with the form that saves a set (data-rest, seconds),
// lives in this tab only, can be paused, lengthened and skipped, and speaks at 10 s and at the end, not every second.
const KEY = "rest";
const MORE_MS = 15000;

const read = () => {
  try {
    return JSON.parse(sessionStorage.getItem(KEY));
  } catch {
    return null;
  }
};
const keep = (rest) => {
  try {
    if (rest) sessionStorage.setItem(KEY, JSON.stringify(rest));
    else sessionStorage.removeItem(KEY);
  } catch { /* a browser that keeps nothing has no clock */ }
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-set-form]")) {
    const total = Number(form.dataset.rest) * 1000;
    keep(total ? { line: form.dataset.line, ends: Date.now() + total, total } : null);
  }
});

const card = document.querySelector("[data-rest-card]");
const rest = read();

if (card && rest?.line === card.dataset.line) {
  const clock = card.querySelector("[data-rest-left]");
  const arc = card.querySelector("[data-rest-arc]");
  const pause = card.querySelector("[data-rest-pause]");
  const said = document.querySelector("[data-rest-say]");
  const leftMs = () => Math.max(0, rest.pausedAt ? rest.ends - rest.pausedAt : rest.ends - Date.now());
  let shownS = null;
  let timer = null;

  const finish = (words) => {
    clearInterval(timer);
    keep(null);
    if (card.contains(document.activeElement)) document.querySelector("[data-set-form] [type=submit]")?.focus();
    card.hidden = true;
    said.textContent = words;
  };

  const show = () => {
    const ms = leftMs();
    const seconds = Math.ceil(ms / 1000);
    if (!seconds) {
      navigator.vibrate?.(200);
      finish(`Rest is over. ${card.dataset.next}.`);
      return;
    }
    if (seconds === shownS) return;
    if (shownS > 10 && seconds <= 10) said.textContent = "10 seconds";
    shownS = seconds;
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    arc.setAttribute("stroke-dasharray", `${Math.min(100, (100 * ms) / rest.total)} 100`);
  };

  pause.addEventListener("click", () => {
    if (rest.pausedAt) {
      rest.ends += Date.now() - rest.pausedAt;
      delete rest.pausedAt;
    } else {
      rest.pausedAt = Date.now();
    }
    pause.setAttribute("aria-pressed", String(Boolean(rest.pausedAt)));
    keep(rest);
  });
  card.querySelector("[data-rest-more]").addEventListener("click", () => {
    rest.ends += MORE_MS;
    rest.total = Math.max(rest.total, leftMs());
    keep(rest);
    show();
  });
  card.querySelector("[data-rest-skip]").addEventListener("click", () => finish(""));

  if (leftMs()) {
    pause.setAttribute("aria-pressed", String(Boolean(rest.pausedAt)));
    card.hidden = false;
    show();
    timer = setInterval(show, 250);
  } else {
    keep(null);
  }
}
