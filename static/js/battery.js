// Choosing a battery ticks its tests; ticking a test makes the choice one's own. Minutes and kit follow. Without script the
// choice of a named battery wins over the ticks, and the sums are those of the page.
const form = document.querySelector("[data-battery]");
const boxes = [...form.querySelectorAll("input[name=tests]")];
const own = form.querySelector("input[name=battery][value=own]");

function sums() {
  const ticked = boxes.filter((box) => box.checked);
  form.querySelector("[data-count]").textContent = ticked.length;
  form.querySelector("[data-minutes]").textContent = ticked.reduce((sum, box) => sum + Number(box.dataset.minutes), 0);
  const kit = new Set(ticked.flatMap((box) => box.dataset.kit.split(", ")).filter(Boolean));
  document.querySelector("[data-kit-list]").textContent = kit.size ? [...kit].join(", ") : "Nothing.";
}

form.addEventListener("change", (event) => {
  if (event.target.name === "battery" && event.target !== own) {
    const tests = new Set(event.target.dataset.tests.split(" "));
    boxes.forEach((box) => { box.checked = !box.disabled && tests.has(box.value); });
  }
  if (event.target.name === "tests") own.checked = true;
  sums();
});
sums();
