// A button [data-print] prints the page as it is; what is folded away in a report is unfolded for paper.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

const folded = new Set();
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll(".report details:not([open], .cite)")) {
    part.open = true;
    folded.add(part);
  }
});
addEventListener("afterprint", () => {
  for (const part of folded) part.open = false;
  folded.clear();
});
