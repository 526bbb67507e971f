// Runs before the first paint: a visitor without a chosen theme gets the one of the system, and paper is always light.
(() => {
  const page = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = page.dataset.theme;
    page.dataset.bsTheme = chosen === "auto" ? (system.matches ? "dark" : "light") : chosen;
  };
  page.classList.add("js");
  apply();
  system.addEventListener("change", apply);
  addEventListener("beforeprint", () => { page.dataset.bsTheme = "light"; });
  addEventListener("afterprint", apply);
})();
