// Cards side by side: values follow the card whose number is kept; which cards are taken decides what is proposed.
const form = document.getElementById("merge");
const choices = form ? [...form.querySelectorAll("[name^='value-']")] : [];
const masters = form ? [...form.querySelectorAll("[name=master]")] : [];
const boxes = form ? [...form.querySelectorAll("[type=checkbox][name=taken]")] : [];
let master = masters.find((radio) => radio.checked)?.value;

const follow = (wish) => {
  for (const radio of choices.filter((one) => one.value === wish && !("empty" in one.dataset))) {
    const former = choices.find((other) => other.name === radio.name && other.checked);
    if (former?.value === master) radio.checked = true;
  }
  master = wish;
};
// With other cards another union comes out, which only the server knows.
const propose = () => {
  const taken = boxes.filter((box) => box.checked).map((box) => box.value);
  form.querySelector(".kk-confirm").disabled = taken.length < 2;
  if (taken.length < 2) return;
  const address = new URL(location.href);
  for (const name of ["taken", "master", "merged", "into"]) address.searchParams.delete(name);
  for (const number of taken) address.searchParams.append("taken", number);
  address.searchParams.set("master", master);
  location.replace(address);
};

form?.addEventListener("change", (event) => {
  if (event.target.name === "master") follow(event.target.value);
  if (event.target.name === "taken") propose();
});
if (boxes.length) {
  const taken = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  for (const radio of [...masters, ...choices]) radio.disabled = /^[0-9]+$/.test(radio.value) && !taken.has(radio.value);
  for (const cell of form.querySelectorAll("[data-card]")) cell.classList.toggle("kk-unused", !taken.has(cell.dataset.card));
}
