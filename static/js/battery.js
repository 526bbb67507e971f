// Choosing a battery ticks its tests; ticking a test makes the choice one's own. Minutes and kit follow. Without script the
// choice of a named battery wins over the ticks, and the sums are those of the page.
const form = document.querySelector("[data-battery]");
const boxes = [...form.querySelectorAll("input[name=tests]")];
const own = form.querySelector("input[name=battery][value=own]");
const list = form.querySelector(".battery-list");

function sums() {
  const ticked = boxes.filter((box) => box.checked);
  form.querySelector("[data-count]").textContent = ticked.length;
  form.querySelector("[data-minutes]").textContent = ticked.reduce((sum, box) => sum + Number(box.dataset.minutes), 0);
  const kit = new Set(ticked.flatMap((box) => box.dataset.kit.split(", ")).filter(Boolean));
  form.querySelector("[data-kit-list]").textContent = kit.size ? [...kit].join(", ") : "none";
}

form.addEventListener("change", (event) => {
  if (event.target.name === "battery" && event.target !== own) {
    const tests = new Set(event.target.dataset.tests.split(" "));
    boxes.forEach((box) => { box.checked = !box.disabled && tests.has(box.value); });
  }
  if (event.target.name === "tests") own.checked = true;
  if (event.target === own) list.open = true;
  sums();
});
sums();

// The warm-up: reckoned from a stored start, so that a reload or a locked screen does not begin it anew.
const warmUp = form.querySelector("[data-warm-up]");
const [go, left] = [warmUp.querySelector("button"), warmUp.querySelector("output")];

function count() {
  const since = Number(localStorage.getItem(warmUp.dataset.key));
  if (!since) return;
  const seconds = Math.ceil(Number(warmUp.dataset.warmUp) - (Date.now() - since) / 1000);
  go.hidden = true;
  if (seconds > 0) {
    left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`;
    setTimeout(count, 250);
  } else {
    left.textContent = "Warm enough: tick it and begin.";
    left.setAttribute("aria-live", "polite");
    localStorage.removeItem(warmUp.dataset.key);
    go.hidden = false;
  }
}

go.addEventListener("click", () => {
  localStorage.setItem(warmUp.dataset.key, String(Date.now()));
  count();
});
count();
