// Cards side by side: a card that is not taken cannot win, and values follow the card whose number is kept.
const form = document.getElementById("merge");
const choices = form ? [...form.querySelectorAll("[name^='value-']")] : [];
const masters = form ? [...form.querySelectorAll("[name=master]")] : [];
let master = masters.find((radio) => radio.checked)?.value;

const ofLine = (radio) => choices.filter((other) => other.name === radio.name);
const settle = () => {
  const taken = new Set([...form.querySelectorAll("[name=taken]")].filter((box) => box.type === "hidden" || box.checked).map((box) => box.value));
  for (const radio of masters) radio.disabled = !taken.has(radio.value);
  if (!masters.some((radio) => radio.checked && !radio.disabled)) {
    const first = masters.find((radio) => !radio.disabled);
    if (first) first.checked = true;
  }
  master = masters.find((radio) => radio.checked)?.value;
  for (const radio of choices) radio.disabled = Boolean(radio.value) && !taken.has(radio.value);
  for (const radio of choices.filter((one) => one.checked && one.disabled)) {
    const open = ofLine(radio).filter((other) => !other.disabled);
    (open.find((other) => other.value === master) ?? open[0])?.click();
  }
  for (const cell of form.querySelectorAll("[data-card]")) cell.classList.toggle("kk-unused", Boolean(master) && !taken.has(cell.dataset.card));
  const button = form.querySelector(".kk-confirm");
  if (button) button.disabled = taken.size < 2;
};

form?.addEventListener("change", (event) => {
  if (event.target.name === "master") {
    const former = master;
    for (const radio of choices) {
      if (radio.value === event.target.value && !("empty" in radio.dataset) && ofLine(radio).some((other) => other.checked && other.value === former)) radio.checked = true;
    }
  }
  if (event.target.name === "master" || event.target.name === "taken") settle();
});
if (masters.length) settle();
