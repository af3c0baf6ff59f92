// The preview: boxes, chips, switch and search choose which rows of the plan the grid shows; the server sends them a hundred at a time.
import { makeGrid } from "./grid.js";
import { watchKeys } from "./keys.js";
import { watchFolds, watchMenus } from "./menus.js";
import { makePanel } from "./panel.js";

const PAGE = 100;
const view = JSON.parse(document.getElementById("view").textContent);
view.words = Object.fromEntries([...document.getElementById("words").content.children].map((word) => [word.dataset.key, word.textContent.trim()]));
const root = document.getElementById("preview");
const holder = document.getElementById("grid");
const frame = holder.parentElement;
const find = (selector) => root.querySelector(selector);
const all = (selector) => [...root.querySelectorAll(selector)];
const number = new Intl.NumberFormat(view.language);

const start = () => ({ box: view.box, column: "", code: "", field: "", search: "", card: "", offset: 0 });
const alone = () => ({ ...start(), box: "all", card: view.card }); // what became of one card, where a page is asked for it
// What a page is asked for first: one card, or the rows of which something is to be chosen.
let wanted = view.card ? alone() : { ...start(), box: view.conflicts ? "conflicts" : view.box };
let page = { total: 0, rows: [] };
let coming = new AbortController();

const wide = matchMedia("(min-width: 62.01rem)");
const grid = makeGrid(holder, view, wide);
const form = document.getElementById("settle"); // there where something may be chosen
const settle = form && ((whose, field, row) => {
  Object.assign(form.elements.whose, { value: whose });
  Object.assign(form.elements.field, { value: field });
  Object.assign(form.elements.card, { value: row.cells.id });
  form.requestSubmit();
});
const panel = makePanel(document.getElementById("panel"), view, settle);

const load = async () => {
  coming.abort();
  const { signal } = (coming = new AbortController());
  frame.classList.add("kk-busy");
  try {
    const answer = await fetch(`${view.rows}?${new URLSearchParams({ ...wanted, limit: PAGE })}`, { headers: { Accept: "application/json" }, signal });
    if (answer.redirected) return tell(view.words.logged_out); // to the page where one logs in
    if (!answer.ok) throw new Error(String(answer.status));
    const got = await answer.json();
    if (got.code) return tell(got.message, { moved: true }); // cancelled, confirmed or read anew since this page was loaded
    page = got;
    draw();
    const first = wanted.card ? 0 : page.rows.findIndex((row) => view.conflicts && row.conflicts.some((one) => !one.whose));
    if (page.rows[first]) open(first);
    tell("");
  } catch (error) {
    if (signal.aborted) return; // something else is asked for by now, or the page is left
    tell(view.words.failed);
    console.warn(error);
  } finally {
    if (!signal.aborted) frame.classList.remove("kk-busy");
  }
  show();
};
addEventListener("pagehide", () => coming.abort());
addEventListener("pageshow", (event) => event.persisted && load());

const draw = () => {
  grid.show(page.rows);
  keys.settle();
  panel.hide();
};
wide.addEventListener("change", draw);

const tell = (words, { moved = false } = {}) => {
  find("[data-failed]").textContent = words;
  find("[data-moved]").hidden = !moved;
};

const show = () => {
  const last = wanted.offset + page.rows.length;
  const words = page.total ? view.words.rows : view.words.none;
  find("[data-count]").textContent = words
    .replace("{first}", number.format(wanted.offset + 1))
    .replace("{last}", number.format(last))
    .replace("{total}", number.format(page.total));
  find("[data-previous]").disabled = wanted.offset === 0;
  find("[data-next]").disabled = last >= page.total;
  find("[data-nothing]").hidden = Boolean(page.rows.length);
  for (const box of all("[data-box]")) box.setAttribute("aria-pressed", String(box.dataset.box === wanted.box));
  for (const chip of all("[data-column]")) chip.setAttribute("aria-pressed", String(chip.dataset.column === wanted.column));
  for (const chip of all("[data-code]")) {
    chip.setAttribute("aria-pressed", String(chip.dataset.code === wanted.code && chip.dataset.field === wanted.field));
  }
  for (const chip of document.querySelectorAll("[data-conflict]")) {
    chip.setAttribute("aria-pressed", String(wanted.box === "conflicts" && chip.dataset.conflict === wanted.field));
  }
  for (const chip of all("[data-card]")) chip.setAttribute("aria-pressed", String(Boolean(wanted.card)));
  find("[data-only-changes]").checked = wanted.box !== "all" && wanted.box !== "unchanged";
};

const choose = (change) => {
  wanted = { ...wanted, offset: 0, ...change };
  load();
};

const turn = async (step) => {
  const offset = wanted.offset + step * PAGE;
  if (offset < 0 || offset >= page.total) return false;
  wanted.offset = offset;
  await load();
  return true;
};

const open = (index) => {
  for (const row of holder.querySelectorAll(".kk-row-open")) row.classList.remove("kk-row-open");
  holder.querySelectorAll("tbody tr")[index].classList.add("kk-row-open");
  panel.show(page.rows[index]);
};
const close = () => {
  for (const row of holder.querySelectorAll(".kk-row-open")) row.classList.remove("kk-row-open");
  if (document.getElementById("panel").contains(document.activeElement)) keys.back();
  panel.hide();
};
const keys = watchKeys(holder, () => tell(view.words.no_more), { open, close, page: turn });

for (const box of all("[data-box]")) {
  box.addEventListener("click", () => choose({ ...start(), box: wanted.box === box.dataset.box ? view.box : box.dataset.box, search: wanted.search }));
}
for (const chip of all("[data-column]")) {
  chip.addEventListener("click", () => {
    const off = wanted.column === chip.dataset.column;
    choose({ box: off ? view.box : "changed", column: off ? "" : chip.dataset.column, code: "", field: "", card: "" });
  });
}
for (const chip of all("[data-code]")) {
  chip.addEventListener("click", () => {
    const { code, field, within } = chip.dataset;
    const off = wanted.code === code && wanted.field === field;
    choose({ box: off ? view.box : within, code: off ? "" : code, field: off ? "" : field, column: "", card: "" });
  });
}
for (const chip of document.querySelectorAll("[data-conflict]")) {
  chip.addEventListener("click", () => {
    const off = wanted.box === "conflicts" && wanted.field === chip.dataset.conflict;
    choose({ ...start(), box: off ? view.box : "conflicts", field: off ? "" : chip.dataset.conflict });
  });
}
for (const chip of all("[data-card]")) chip.addEventListener("click", () => choose(wanted.card ? start() : alone()));
find("[data-only-changes]").addEventListener("change", (event) => choose({ ...start(), box: event.target.checked ? "changes" : "all", search: wanted.search }));
let typing;
find("[data-search]").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => choose({ search: event.target.value.trim(), card: "" }), 250);
});
find("[data-previous]").addEventListener("click", () => turn(-1));
find("[data-next]").addEventListener("click", () => turn(1));
document.getElementById("panel").querySelector("button").addEventListener("click", close);
watchMenus(root);
watchFolds(root);

await load();
