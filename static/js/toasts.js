// Messages leave by themselves after a while, unless one is being read with the pointer or the keyboard on it.
const STAY_MS = 8000;

const leave = (toast) => {
  if (toast.matches(":hover, :focus-within")) setTimeout(leave, STAY_MS, toast);
  else toast.remove();
};

const watch = (root) => {
  root.querySelectorAll(".toast-s:not([data-seen])").forEach((toast) => {
    toast.dataset.seen = "";
    if (!toast.classList.contains("toast-stop")) setTimeout(leave, STAY_MS, toast);
  });
};

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.closest(".toast-s, .alert-note")?.remove();
});
document.addEventListener("htmx:afterSettle", () => watch(document));
watch(document);
