// A moving figure can be stopped (WCAG 2.2.2): a button [data-figure-pause] inside the figure's frame.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-figure-pause]");
  const picture = button?.closest(".figure")?.querySelector("svg.fig");
  if (!picture) return;
  const stopped = picture.animationsPaused();
  if (stopped) picture.unpauseAnimations();
  else picture.pauseAnimations();
  button.setAttribute("aria-pressed", String(!stopped));
});
