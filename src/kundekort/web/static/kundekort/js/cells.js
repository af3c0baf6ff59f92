// What the preview shows of one row: its sign, its values, what becomes of them and what is wrong with them.
import { difference } from "./difference.js";

const SIGNS = {
  new: "plus",
  changed: "pencil",
  unchanged: "equal",
  error: "alert-circle",
  left_out: "circle-minus",
  removed: "trash",
  restored: "history",
  conflict: "alert-triangle",
};

export const element = (tag, className = "", text = "") => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

const icon = (sprite, name) => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
};

export const sign = (view, status) => {
  const made = element("span", `kk-sign kk-sign-${status}`);
  made.append(icon(view.sprite, SIGNS[status]), view.words[`status.${status}`]);
  return made;
};

export const conflictOf = (row, key) => row.conflicts.find((conflict) => conflict.field === key);

export const evidenceOf = (row, key) => row.evidence.filter((one) => one.field === key);

export const problemsOf = (row, key) => row.problems.filter((problem) => problem.field === key);

// Values as people read them; what is kept stands in `row.cells` and `row.old`.
export const now = (row, key) => row.words[key] ?? row.cells[key] ?? "";
export const before = (row, key) => row.old_words[key] ?? row.old[key] ?? "";

export const value = (view, text) => (text ? document.createTextNode(text) : element("span", "kk-nothing", view.words.empty));

const marked = (view, parts) => {
  if (!parts.some(([text]) => text)) return [value(view, "")];
  return parts.map(([text, differs]) => (differs ? element("span", "kk-differs", text) : document.createTextNode(text)));
};

// The new value after the old one, struck through, with the characters that differ marked; screen readers hear both with their words.
export const replaced = (view, old, text) => {
  const [was, becomes] = difference(old, text);
  const del = element("del");
  del.append(element("span", "visually-hidden", `${view.words.was} `), ...marked(view, was));
  const ins = element("ins");
  ins.append(element("span", "visually-hidden", ` ${view.words.becomes} `), ...marked(view, becomes));
  return [del, ins];
};

export const change = (view, row, key) => replaced(view, before(row, key), now(row, key));

// What the list says and what the register says, where nobody has chosen yet.
const both = (view, conflict) =>
  ["theirs", "mine"].map((side) => {
    const line = element("span", "kk-side-value");
    line.append(element("small", "kk-soft", `${view.words[side]} `), value(view, conflict[side]));
    return line;
  });

// What a card says; its number leads to it, where there is such a card. In the grid the arrow keys go by cells.
export const valueOf = (row, key, { tab = true } = {}) => {
  const text = now(row, key);
  if (key !== "id" || !row.card) return text;
  const link = element("a", "", text);
  link.href = row.card;
  if (!tab) link.tabIndex = -1;
  return link;
};

// Marks a cell as wrong, if it is, and gives the reason to stand in it.
const reason = (cell, row, key) => {
  const problems = row.status === "error" || row.status === "left_out" ? problemsOf(row, key) : [];
  if (!problems.length) return null;
  cell.classList.add("kk-cell-error");
  cell.title = problems.map((problem) => problem.text).join(" ");
  return { value: problems[0].value, words: element("span", "kk-reason", cell.title) };
};

// What stands in the file with a sign, and the reason behind it where there is room.
const wrongCell = (view, cell, words, ...content) => {
  const value = element("span", "kk-wrong-value");
  value.append(icon(view.sprite, SIGNS.error), ...content);
  const line = element("span", "kk-wrong");
  line.append(value, words);
  cell.append(line);
};

// A sign that something was found, or that it is answered; what it was is told where one points, and beside the grid.
const found = (view, cell, row, key) => {
  const evidence = evidenceOf(row, key);
  if (!evidence.length) return [];
  const open = evidence.some((one) => !one.answer);
  const texts = evidence.map((one) => one.text).join(" · ");
  cell.title = cell.title ? `${cell.title} · ${texts}` : texts;
  cell.classList.add("kk-cell-found");
  const mark = element("span", `kk-mark kk-mark-${open ? "open" : "answered"}`);
  mark.append(icon(view.sprite, open ? SIGNS.conflict : "check"), element("span", "visually-hidden", `${texts}: `));
  return [mark];
};

// The line of the file; where something can be decided about rows, one can choose it.
export const lineCell = (view, row) => {
  const cell = element("td", "kk-plain kk-line kk-soft");
  if (view.choosing) cell.append(chooser(view.words.choose_line.replace("{line}", row.line), { row: row.number }));
  cell.append(String(row.line));
  cell.dataset.label = view.words.line;
  return cell;
};

export const chooser = (label, data) => {
  const box = element("input", "form-check-input kk-choose");
  box.type = "checkbox";
  box.tabIndex = -1; // the arrow keys lead to its cell, and X ticks it
  box.setAttribute("aria-label", label);
  Object.assign(box.dataset, data);
  return box;
};

export const statusCell = (view, row) => {
  const cell = element("td", "kk-plain kk-status");
  const wrong = reason(cell, row, null);
  if (wrong) {
    const line = element("span", "kk-wrong");
    line.append(sign(view, row.status), wrong.words);
    cell.append(line);
  } else cell.append(sign(view, row.status));
  return cell;
};

// Who the customer is: the number and the name, or the company; what is wrong with the number stands here too.
export const customerCell = (view, row, { told = false } = {}) => {
  const cell = element("td", "kk-customer");
  Object.assign(cell.dataset, { key: "id", kind: "id", copy: `${row.cells.id ?? ""}\t${row.name}` });
  const wrong = told ? null : reason(cell, row, "id");
  const number = element("span", "kk-number");
  if (wrong) number.append(wrong.value || row.cells.id || "");
  else if (row.cells.id) number.append(valueOf(row, "id", { tab: false }));
  else if (row.status === "new") number.append(view.words.new_id);
  const name = element("span", "kk-name", row.name);
  if (wrong) wrongCell(view, cell, wrong.words, number, name);
  else cell.append(number, " ", name);
  const place = cell.querySelector(".kk-wrong-value") ?? cell;
  if (!told) for (const key of [null, "id"]) place.prepend(...found(view, cell, row, key));
  return cell;
};

export const dataCell = (view, row, { key, kind }) => {
  const cell = element("td");
  Object.assign(cell.dataset, { key, kind });
  const wrong = reason(cell, row, key);
  const conflict = conflictOf(row, key);
  if (conflict) cell.classList.add("kk-cell-conflict");
  if (wrong) {
    wrongCell(view, cell, wrong.words, wrong.value || now(row, key));
  } else if (conflict && !conflict.whose) {
    cell.append(...both(view, conflict));
    cell.title = conflict.by;
  } else if (row.status === "removed") {
    cell.append(before(row, key));
  } else if (key in row.old && row.status !== "restored") {
    cell.classList.add("kk-cell-changed");
    const both = element("span", "kk-change");
    cell.title = `${before(row, key) || view.words.empty} → ${now(row, key) || view.words.empty}`;
    both.append(...found(view, cell, row, key), ...change(view, row, key));
    cell.append(both);
    return cell;
  } else {
    cell.append(now(row, key));
  }
  (cell.querySelector(".kk-wrong-value, .kk-side-value") ?? cell).prepend(...found(view, cell, row, key));
  return cell;
};

// What happens to the row, or is wrong with it, in the words of the server: a line for each.
export const toldCell = (view, row) => {
  const cell = element("td", "kk-told");
  const lines = element("div", "kk-told-lines");
  for (const { kind, text, label, old, new: becomes } of row.lines ?? []) {
    const line = element("div", `kk-told-${kind}`);
    if (text) line.append(element("span", "kk-told-text", text));
    if (label) line.append(element("span", "kk-told-label", `${label}: `), ...replaced(view, old, becomes));
    lines.append(line);
  }
  cell.append(sign(view, row.status), lines);
  cell.dataset.copy = [view.words[`status.${row.status}`], ...[...lines.children].map((line) => line.textContent)].join(" · ");
  return cell;
};
