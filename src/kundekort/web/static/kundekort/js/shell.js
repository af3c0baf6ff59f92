// In a narrow window the menu stands behind a button, so that the page begins below one line.
const button = document.querySelector(".kk-menu-button");

if (button) {
  const side = button.parentElement;
  const open = (is) => {
    side.classList.toggle("kk-open", is);
    button.setAttribute("aria-expanded", String(is));
  };
  button.addEventListener("click", () => open(!side.classList.contains("kk-open")));
  document.addEventListener("click", (event) => side.contains(event.target) || open(false));
  side.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !side.classList.contains("kk-open")) return;
    open(false);
    button.focus();
  });
}
