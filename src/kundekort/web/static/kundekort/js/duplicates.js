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

// The last column says what the one card will have. Where that is a union of all, choosing another value shows it
// there too, and the union comes back with its own choice.
const results = form ? [...form.querySelectorAll("[data-result]")] : [];
const unions = new Map(results.map((result) => [result, result.innerHTML]));
const showResults = () => {
  for (const result of results) {
    const chosen = choices.find((radio) => radio.name === `value-${result.dataset.result}` && radio.checked);
    const shown = chosen && chosen.value !== "together" ? chosen.closest("label").querySelector(".form-check-label").innerHTML : unions.get(result);
    result.innerHTML = shown;
    for (const mark of result.querySelectorAll("mark")) mark.replaceWith(...mark.childNodes);
  }
};

form?.addEventListener("change", (event) => {
  if (event.target.name === "master") follow(event.target.value);
  if (event.target.name === "taken") propose();
  showResults();
});
addEventListener("pageshow", showResults); // a browser that comes back has kept the choices
// Groups merged by a rule: the button says how many are ticked.
const groups = document.getElementById("groups");
groups?.addEventListener("change", () => {
  const ticked = [...groups.querySelectorAll("[name=group]:checked")].length;
  for (const count of groups.querySelectorAll("[data-ticked]")) count.textContent = ticked.toLocaleString(document.documentElement.lang);
  groups.querySelector(".kk-confirm").disabled = ticked === 0;
});
if (boxes.length) {
  const taken = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
  for (const radio of [...masters, ...choices]) radio.disabled = /^[0-9]+$/.test(radio.value) && !taken.has(radio.value);
  for (const cell of form.querySelectorAll("[data-card]")) cell.classList.toggle("kk-unused", !taken.has(cell.dataset.card));
}
