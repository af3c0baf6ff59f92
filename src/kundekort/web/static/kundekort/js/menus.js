// The line of filters: a menu closes when one has chosen or looks elsewhere; what is folded away stays so while the browser is open.

export const watchMenus = (root) => {
  const popups = [...root.querySelectorAll("[data-popup]")];
  const close = (but = null) => {
    for (const popup of popups) if (popup !== but) popup.open = false;
  };
  const fit = (popup) => {  // as tall as the window has room below its button
    if (popup.matches(".kk-popup-up")) return;
    const body = popup.querySelector(".kk-popup-body");
    body.style.maxHeight = `max(12rem, calc(100dvh - ${Math.ceil(body.getBoundingClientRect().top)}px - 0.75rem))`;
  };
  document.addEventListener("click", (event) => close(event.target.closest("[data-popup]")));
  for (const popup of popups) {
    popup.addEventListener("toggle", () => {
      if (!popup.open) return;
      close(popup);
      fit(popup);
    });
    popup.addEventListener("click", (event) => {
      if (event.target.closest(".kk-option")) popup.open = false;
    });
    popup.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !popup.open) return;
      event.stopPropagation();
      popup.open = false;
      popup.querySelector("summary").focus();
    });
    popup.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !popup.contains(event.relatedTarget)) popup.open = false;
    });
  }
  return { close };
};
