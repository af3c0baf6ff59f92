// The mapping page: a suggestion is taken with one press, and what belongs to a choice is seen when it is made.
const form = document.getElementById("columns");
const list = document.getElementById("ignored");
const FULL_NAME = "full_name";

const refresh = () => {
  const ignored = [];
  for (const row of form.querySelectorAll("tr[data-header]")) {
    const becomes = row.querySelector("[data-becomes]").value;
    row.classList.toggle("kk-ignored", !becomes);
    if (!becomes) ignored.push(row.dataset.header);
    const suggestion = row.querySelector("[data-suggest]:not([hidden])");
    const split = row.querySelector("[data-split]");
    const offered = !becomes && suggestion?.dataset.suggest === FULL_NAME;
    if (split) split.hidden = becomes !== FULL_NAME && !offered;
    const words = row.querySelector("[data-words]");
    if (words) words.hidden = becomes !== words.dataset.words;
  }
  document.getElementById("further").hidden = form.elements.match.value === "none";
  list.hidden = !ignored.length;
  list.querySelector("[data-headers]").textContent = ignored.join(", ");
};

form.addEventListener("change", refresh);
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-suggest]");
  if (!button) return;
  const select = button.closest("tr").querySelector("[data-becomes]");
  select.value = button.dataset.suggest;
  button.hidden = true;
  select.focus();
  refresh();
});
refresh();
