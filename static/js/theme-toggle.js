// Light or dark at once, and in a cookie that the server reads before it writes the next page.
// Without script the same button posts the choice.
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-toggle]")) return;
  event.preventDefault();
  const page = document.documentElement;
  const chosen = page.dataset.bsTheme === "dark" ? "light" : "dark";
  page.dataset.theme = page.dataset.bsTheme = chosen;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${chosen}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
});
