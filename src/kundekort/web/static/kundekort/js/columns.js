// The mapping page: a suggestion is taken with one press, and the list of ignored columns follows the choices.
const form = document.getElementById("columns");
const list = document.getElementById("ignored");

const refresh = () => {
  const ignored = [];
  for (const row of form.querySelectorAll("tr[data-header]")) {
    const none = !row.querySelector("select").value;
    row.classList.toggle("kk-ignored", none);
    if (none) ignored.push(row.dataset.header);
  }
  document.getElementById("further").hidden = form.elements.match.value === "none";
  list.hidden = !ignored.length;
  list.querySelector("[data-headers]").textContent = ignored.join(", ");
};

form.addEventListener("change", refresh);
form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-suggest]");
  if (!button) return;
  const select = button.closest("tr").querySelector("select");
  select.value = button.dataset.suggest;
  button.hidden = true;
  select.focus();
  refresh();
});
refresh();
