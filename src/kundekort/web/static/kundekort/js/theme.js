// Sets the theme before the first paint, so it is a plain script at the head and no module.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem("kundekort-theme") || "auto";
  const apply = () => {
    const dark = chosen() === "dark" || (chosen() === "auto" && system.matches);
    root.dataset.bsTheme = dark ? "dark" : "light";
    for (const button of document.querySelectorAll("[data-theme-choice]")) {
      button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen()));
    }
  };
  root.classList.add("kk-js");
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", apply);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-theme-choice]");
    if (!button) return;
    localStorage.setItem("kundekort-theme", button.dataset.themeChoice);
    apply();
  });
})();
