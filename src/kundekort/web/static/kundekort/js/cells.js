// What the preview shows of one row: its sign, its values, what becomes of them and what is wrong with them.

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

export const problemsOf = (row, key) => row.problems.filter((problem) => problem.field === key);

export const value = (view, text) => (text ? document.createTextNode(text) : element("span", "kk-nothing", view.words.empty));

// The new value after the old one, struck through; screen readers hear both with their words.
export const change = (view, row, key) => {
  const del = element("del");
  del.append(element("span", "visually-hidden", `${view.words.was} `), value(view, row.old[key]));
  const ins = element("ins");
  ins.append(element("span", "visually-hidden", ` ${view.words.becomes} `), value(view, row.cells[key]));
  return [del, ins];
};

// What the list says and what the register says, where nobody has chosen yet.
const both = (view, conflict) =>
  ["theirs", "mine"].map((side) => {
    const line = element("span", "kk-side-value");
    line.append(element("small", "kk-soft", `${view.words[side]} `), value(view, conflict[side]));
    return line;
  });

// What a card says; its number leads to it, where there is such a card. In the grid the arrow keys go by cells.
export const valueOf = (row, key, { tab = true } = {}) => {
  const text = row.cells[key] || "";
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

export const lineCell = (view, row) => element("td", "kk-plain kk-line kk-soft", String(row.line));

export const statusCell = (view, row) => {
  const cell = element("td", "kk-plain kk-status");
  const wrong = reason(cell, row, null);
  cell.append(sign(view, row.status), wrong?.words ?? "");
  return cell;
};

export const dataCell = (view, row, { key, kind }) => {
  const cell = element("td");
  Object.assign(cell.dataset, { key, kind });
  const wrong = reason(cell, row, key);
  const text = row.cells[key] || "";
  const conflict = conflictOf(row, key);
  if (conflict) cell.classList.add("kk-cell-conflict");
  if (wrong) {
    cell.append(wrong.value || text, wrong.words);
  } else if (conflict && !conflict.whose) {
    cell.append(...both(view, conflict));
    cell.title = conflict.by;
  } else if (row.status === "removed") {
    cell.append(row.old[key] || (key === "id" ? valueOf(row, key, { tab: false }) : ""));
  } else if (key in row.old && row.status !== "restored") {
    cell.classList.add("kk-cell-changed");
    const both = element("span", "kk-change");
    both.append(...change(view, row, key));
    cell.append(both);
    cell.title = `${row.old[key] || view.words.empty} → ${text || view.words.empty}`;
  } else if (kind === "id" && row.status === "new" && !text) {
    cell.append(element("span", "kk-soft", view.words.new_id));
  } else {
    cell.append(valueOf(row, key, { tab: false }));
  }
  return cell;
};
