// The page of a column layout: lines are put in order by buttons or by dragging; the order of the lines is what is sent.
const lines = document.getElementById("lines");
const status = document.querySelector("[data-moved]");
const count = document.querySelector("[data-count]");
const rows = () => [...lines.rows];

const settle = () => {
  const all = rows();
  for (const [index, row] of all.entries()) {
    row.querySelector("[data-move='-1']").disabled = index === 0;
    row.querySelector("[data-move='1']").disabled = index === all.length - 1;
    row.classList.toggle("kk-unused", row.querySelector("[type=checkbox]")?.checked === false);
  }
  const chosen = all.filter((row) => !row.classList.contains("kk-unused")).length;
  count.textContent = count.dataset.words.replace("{count}", chosen).replace("{total}", all.length);
};
const tell = (row) => {
  status.textContent = status.dataset.moved.replace("{name}", row.dataset.name).replace("{place}", rows().indexOf(row) + 1);
};

lines.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const row = button.closest("tr");
  if (button.dataset.move === "-1") row.previousElementSibling.before(row);
  else row.nextElementSibling.after(row);
  settle();
  tell(row);
  (button.disabled ? row.querySelector("[data-move]:not(:disabled)") : button).focus();
});
lines.addEventListener("change", settle);

let dragged = null;
lines.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("tr");
  if (!dragged) return;
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", dragged.dataset.name);
  event.dataTransfer.setDragImage(dragged, 0, 0);
  dragged.classList.add("kk-dragged");
});
lines.addEventListener("dragover", (event) => {
  const over = event.target.closest("tr");
  if (!dragged || !over) return;
  event.preventDefault();
  if (over === dragged) return;
  const box = over.getBoundingClientRect();
  if (event.clientY < box.top + box.height / 2) over.before(dragged);
  else over.after(dragged);
});
lines.addEventListener("drop", (event) => event.preventDefault());
lines.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("kk-dragged");
  settle();
  tell(dragged);
  dragged = null;
});
settle();
