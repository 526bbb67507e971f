// A link with data-dialog-open="id" opens that dialog instead of going to its address; [data-dialog-close] shuts it.
// A form with data-confirm="question" asks first; without script it goes to a page or acts after its own warning.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog-open]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialogOpen);
    if (dialog?.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    return;
  }
  const dialog = event.target.closest("dialog");
  if (dialog && (event.target.closest("[data-dialog-close]") || event.target === dialog)) {
    event.preventDefault();
    dialog.close();
  }
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (question && !confirm(question)) {
    event.preventDefault();
    event.stopImmediatePropagation();
  }
}, true);

// A dialog that arrives by htmx opens itself.
document.addEventListener("htmx:afterSettle", (event) => {
  const dialog = event.target.querySelector?.("dialog[data-dialog-auto]:not([open])");
  dialog?.showModal();
});
