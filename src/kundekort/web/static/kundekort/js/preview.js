// The preview: boxes, menus, switch and search choose which rows of the plan are shown; the server sends them a hundred at a time.
import { watchFindings } from "./findings.js";
import { makeGrid } from "./grid.js";
import { watchKeys } from "./keys.js";
import { watchMenus } from "./menus.js";
import { makeMending } from "./mending.js";
import { makePanel } from "./panel.js";
import { makeSelection } from "./selection.js";
import { makeStrip } from "./strip.js";
import { alone, first, makeShape, start } from "./wanted.js";

const PAGE = 100;
const view = JSON.parse(document.getElementById("view").textContent);
view.words = Object.fromEntries([...document.getElementById("words").content.children].map((word) => [word.dataset.key, word.textContent.trim()]));
const root = document.getElementById("preview");
const holder = document.getElementById("grid");
const frame = holder.parentElement;
const find = (selector) => root.querySelector(selector);
const all = (selector) => [...root.querySelectorAll(selector)];
const number = new Intl.NumberFormat(view.language);

let wanted = first(view);
let page = { total: 0, offset: 0, found: null, rows: [] };
let opened = -1; // the row that is told of
let coming = new AbortController();

const wide = matchMedia("(min-width: 62.01rem)");
const narrow = matchMedia("(max-width: 36rem)");
const shape = makeShape(narrow);
shape.follow(wanted);
const grid = makeGrid(holder, view, wide);
const form = document.getElementById("settle"); // there where something may be chosen
const settle = form && ((whose, field, row) => {
  Object.assign(form.elements.whose, { value: whose });
  Object.assign(form.elements.field, { value: field });
  Object.assign(form.elements.card, { value: row.cells.id });
  form.requestSubmit();
});
const mending = makeMending(view);
const selection = mending && makeSelection(holder, view, mending.send);
view.choosing = Boolean(selection);
const panel = makePanel(document.getElementById("panel"), view, settle, mending);

// `place`: a row that is to be on the page, which is then the one on which it stands.
const load = async (place = {}) => {
  coming.abort();
  const { signal } = (coming = new AbortController());
  frame.classList.add("kk-busy");
  try {
    const answer = await fetch(`${view.rows}?${new URLSearchParams({ ...wanted, ...place, view: shape.of(wanted), limit: PAGE })}`, { headers: { Accept: "application/json" }, signal });
    if (answer.redirected) return tell(view.words.logged_out); // to the page where one logs in
    if (!answer.ok) throw new Error(String(answer.status));
    const got = await answer.json();
    if (got.code) return tell(got.message, { moved: true }); // cancelled, confirmed or read anew since this page was loaded
    page = got;
    wanted.offset = page.offset;
    draw();
    const chosen = wanted.card ? 0 : page.rows.findIndex((row) => view.conflicts && row.conflicts.some((one) => !one.whose));
    if (page.rows[chosen] && !(narrow.matches && !wanted.card)) open(chosen);
    if (page.rows.length) strip.stand(page.rows[page.found === null ? 0 : page.found - page.offset].number);
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
  grid.show(page.rows, { words: shape.of(wanted) === "words" });
  selection?.show(wanted);
  keys.settle();
  panel.hide();
  opened = -1;
  const key = wanted.column || wanted.field;
  if (key) grid.reveal(key === "id" ? "customer" : key);
};
for (const width of [wide, narrow]) width.addEventListener("change", () => load());

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
  const pressed = (selector, is) => {
    for (const one of all(selector)) one.setAttribute("aria-pressed", String(is(one.dataset)));
  };
  pressed("[data-box]", ({ box }) => box === wanted.box);
  pressed("[data-column]", ({ column }) => column === wanted.column);
  pressed("[data-code]", ({ code, field }) => code === wanted.code && field === wanted.field);
  pressed("[data-conflict]", ({ conflict }) => wanted.box === "conflicts" && conflict === wanted.field);
  pressed("[data-finding]", ({ finding, field }) => finding === wanted.finding && field === wanted.field);
  pressed("[data-card]", () => Boolean(wanted.card));
  pressed("[data-view]", (data) => data.view === shape.of(wanted));
  find("[data-only-changes]").checked = wanted.box !== "all" && wanted.box !== "unchanged";
  const option = find(".kk-option[aria-pressed=true]")?.querySelector("span").textContent;
  const finding = view.findings?.find((one) => one.code === wanted.finding && one.field === wanted.field)?.name;
  find("[data-chosen]").hidden = !(option ?? finding);
  find("[data-chosen-words]").textContent = option ?? finding ?? "";
  find("[data-search]").value ||= wanted.search;
};

const choose = (change) => {
  wanted = { ...wanted, offset: 0, ...change };
  selection?.clear(); // what one does not see any more is not decided about
  shape.keep(view, wanted);
  load();
};

const turn = async (step) => {
  const offset = wanted.offset + step * PAGE;
  if (offset < 0 || offset >= page.total) return false;
  wanted.offset = offset;
  await load();
  return true;
};

const mark = (index) => {
  for (const row of holder.querySelectorAll(".kk-row-open")) row.classList.remove("kk-row-open");
  holder.querySelectorAll("tbody tr")[index]?.classList.add("kk-row-open");
  opened = index;
};
const open = (index) => {
  mark(index);
  panel.show(page.rows[index]);
};
// Where what is told of a row stands below the rows, whoever asks for it is led there; where it lies over them, the row stays above it.
const lead = (index) => {
  open(index);
  if (narrow.matches) holder.querySelectorAll("tbody tr")[index].scrollIntoView({ block: "start" });
  else if (!wide.matches) document.getElementById("panel").scrollIntoView({ block: "start" });
};
const close = () => {
  mark(-1);
  if (document.getElementById("panel").contains(document.activeElement)) keys.back();
  panel.hide();
};
// Whoever goes about in the rows takes along what is told of them, and the place in the file.
const follow = (index) => {
  strip.stand(page.rows[index].number);
  if (opened >= 0 && opened !== index) open(index);
};
const error = async (index) => {
  await load({ error_after: wanted.offset + index });
  return page.found === null ? -1 : page.found - page.offset;
};
const keys = watchKeys(holder, () => tell(view.words.no_more), { open: lead, close, focus: follow, page: turn, error, choose: selection?.toggle });
const strip = makeStrip(document.getElementById("strip"), view, async (row) => {
  await load({ at: row });
  if (page.found !== null) keys.reveal(page.found - page.offset);
});

const edit = (cell) => {
  const row = page.rows[cell?.parentElement.sectionRowIndex];
  return Boolean(mending && row) && mending.edit(cell, row, view.columns.find((column) => column.key === cell.dataset.key));
};
// The first of two clicks may open the panel under the pointer: the second one means the cell still, and nothing there.
let clicked = null;
document.addEventListener(
  "click",
  (event) => {
    if (event.detail < 2) clicked = holder.contains(event.target) ? event.target.closest("td") : null;
    else if (clicked && !holder.contains(event.target)) {
      event.preventDefault();
      event.stopPropagation();
    }
  },
  { capture: true },
);
document.addEventListener("dblclick", () => clicked?.isConnected && edit(clicked));
holder.addEventListener("keydown", (event) => {
  if (event.key === "F2" && event.target.matches("td") && edit(event.target)) event.preventDefault();
});

for (const box of all("[data-box]")) {
  box.addEventListener("click", () => choose({ ...start(view), box: wanted.box === box.dataset.box ? view.box : box.dataset.box, search: wanted.search }));
}
for (const chip of all("[data-column]")) {
  chip.addEventListener("click", () => {
    const off = wanted.column === chip.dataset.column;
    choose({ box: off ? view.box : "changed", column: off ? "" : chip.dataset.column, code: "", finding: "", field: "", card: "" });
  });
}
for (const chip of all("[data-code]")) {
  chip.addEventListener("click", () => {
    const { code, field, within } = chip.dataset;
    const off = wanted.code === code && wanted.field === field;
    choose({ box: off ? view.box : within, code: off ? "" : code, field: off ? "" : field, column: "", finding: "", card: "" });
  });
}
for (const chip of all("[data-conflict]")) {
  chip.addEventListener("click", () => {
    const off = wanted.box === "conflicts" && wanted.field === chip.dataset.conflict;
    choose({ ...start(view), box: off ? view.box : "conflicts", field: off ? "" : chip.dataset.conflict });
  });
}
for (const chip of all("[data-finding]")) {
  chip.addEventListener("click", () => {
    const { finding, field } = chip.dataset;
    const off = wanted.finding === finding && wanted.field === field;
    choose(off ? start(view) : { ...start(view), box: "all", finding, field });
  });
}
for (const chip of all("[data-card]")) chip.addEventListener("click", () => choose(wanted.card ? start(view) : alone(view)));
find("[data-only-changes]").addEventListener("change", (event) => choose({ ...start(view), box: event.target.checked ? "changes" : "all", search: wanted.search }));
let typing;
find("[data-search]").addEventListener("input", (event) => {
  clearTimeout(typing);
  typing = setTimeout(() => choose({ search: event.target.value.trim(), card: "" }), 250);
});
find("[data-previous]").addEventListener("click", () => turn(-1));
find("[data-next]").addEventListener("click", () => turn(1));
document.getElementById("panel").querySelector("button").addEventListener("click", close);
for (const button of all("[data-view]")) {
  button.addEventListener("click", () => {
    shape.choose(wanted, button.dataset.view);
    shape.keep(view, wanted);
    load({ at: page.rows[Math.max(opened, 0)]?.number ?? 0 });
  });
}
find("[data-chosen]").addEventListener("click", () => {
  choose({ ...start(view), search: wanted.search });
  find("[data-popup] summary").focus();
});
watchMenus(root);
watchFindings(root, location.pathname, (box) => choose({ ...start(view), box }));

// A value that was refused is mended where it was typed.
const refused = mending?.refused;
const asked = wanted;
await Promise.all([load(refused ? { at: refused.row } : {}), strip.show()]);
const again = refused ? page.rows.findIndex((row) => row.number === refused.row) : -1;
if (again >= 0) {
  lead(again);
  mending.resume();
}
// After a decision there may be nothing left of what was looked at: then all that is to be decided or confirmed is shown.
const narrowed = wanted.box !== view.box || wanted.column || wanted.code || wanted.finding || wanted.field;
if ((form || mending) && wanted === asked && !page.total && narrowed && !wanted.search) choose(start(view));
