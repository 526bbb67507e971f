// In a strip that scrolls sideways the current item is in view from the start.
document.querySelectorAll(".tabs, .week-nav, .phase-tabs").forEach((strip) => {
  const current = strip.querySelector("[aria-current]");
  if (current) strip.scrollLeft = current.offsetLeft - strip.offsetLeft - (strip.clientWidth - current.clientWidth) / 2;
});
