// A form marked data-once is sent once, however often its button is pressed. The server refuses a second time anyway.
// One that came with a part of the page is watched too.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form[data-once]") || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  form.querySelector("button[type=submit]")?.setAttribute("aria-busy", "true");
});
// Coming back with the browser's button shows a page that can be used again.
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
// A field marked data-send sends its form as soon as it is changed.
for (const field of document.querySelectorAll("[data-send]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
