// The sheet and the red flags, for those who have script; without it the forms do the same with one more press.

// "Use 6.5": put the value that was meant into its field.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-use]");
  if (!button) return;
  const field = document.getElementById(button.dataset.for);
  field.value = button.dataset.use;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  field.focus();
});

// A value was typed: offer the pain of the same test. An answer is never needed.
document.addEventListener("change", (event) => {
  const side = event.target.closest(".measure .side");
  const pains = side?.closest(".measure").querySelector(".measure-pains");
  if (pains && event.target.value && !pains.dataset.offered) {
    pains.dataset.offered = "1";
    pains.open = true;
  }
});

// Readers hear that a field could not be read.
document.addEventListener("htmx:afterRequest", (event) => {
  const field = event.target;
  if (!field.matches?.(".measure input.form-control")) return;
  const isWrong = event.detail.xhr?.status === 422;
  field.classList.toggle("is-invalid", isWrong);
  if (isWrong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
});

// "None of these" and a tick say two things: the newer one counts.
document.addEventListener("change", (event) => {
  const group = event.target.closest(".flag-group");
  if (!group || !event.target.checked) return;
  const none = group.querySelector(".choice-none input");
  if (event.target === none) group.querySelectorAll(".choice:not(.choice-none) input").forEach((box) => { box.checked = false; });
  else none.checked = false;
});
