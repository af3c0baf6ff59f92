// The customer list: a row is followed as the link in it would be; filters are added and dropped at once.
const link = (event) => {
  const row = event.target.closest("[data-rows] tbody tr");
  if (!row || event.target.closest("a, button, input, label") || String(getSelection())) return null;
  return row.querySelector("a.kk-lead");
};

document.addEventListener("click", (event) => {
  const lead = link(event);
  if (!lead) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) open(lead.href, "_blank", "noopener");
  else location.assign(lead.href);
});
document.addEventListener("mousedown", (event) => {
  if (event.button === 1 && link(event)) event.preventDefault(); // no scrolling by the middle button
});
document.addEventListener("auxclick", (event) => {
  const lead = event.button === 1 && link(event);
  if (lead) open(lead.href, "_blank", "noopener");
});

// `submit` of the form itself asks for the whole page, with the filters as they are now.
const form = document.getElementById("filter");
document.querySelector("[data-add]").addEventListener("change", () => form.submit());
for (const drop of document.querySelectorAll("[data-drop]")) {
  drop.addEventListener("click", (event) => {
    event.preventDefault();
    drop.closest(".kk-question").remove();
    form.submit();
  });
}

// Choosing columns comes back to what is looked at now.
for (const here of document.querySelectorAll("[data-here]")) {
  here.form.addEventListener("submit", () => { here.value = location.search; });
}
const columns = document.querySelector(".kk-columns");
document.addEventListener("click", (event) => {
  if (!columns.contains(event.target)) columns.open = false;
});
columns.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  columns.open = false;
  columns.querySelector("summary").focus();
});
