// The grid of the preview: makes Tabulator show rows of the plan. It knows nothing of filters, pages or keys.
import { FormatModule, FrozenColumnsModule, ResizeColumnsModule, Tabulator } from "../../vendor/tabulator-6.5.3.esm.min.js";

Tabulator.registerModule([FormatModule, FrozenColumnsModule, ResizeColumnsModule]);

const SIGNS = { new: "plus", changed: "pencil", unchanged: "equal", error: "alert-circle", left_out: "circle-minus" };

export const element = (tag, className = "", text = "") => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

export const icon = (sprite, name) => {
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

export const problemsOf = (row, key) => row.problems.filter((problem) => problem.field === key);

const value = (view, text) => (text ? document.createTextNode(text) : element("span", "kk-nothing", view.words.empty));

// The new value after the old one, struck through; screen readers hear both with their words.
export const change = (view, row, key) => {
  const del = element("del");
  del.append(element("span", "visually-hidden", `${view.words.was} `), value(view, row.old[key]));
  const ins = element("ins");
  ins.append(element("span", "visually-hidden", ` ${view.words.becomes} `), value(view, row.cells[key]));
  return [del, ins];
};

const dataCell = (view, column) => (cell) => {
  const row = cell.getData();
  const box = cell.getElement();
  const problems = row.status === "error" || row.status === "left_out" ? problemsOf(row, column.key) : [];
  box.dataset.key = column.key;
  const content = document.createDocumentFragment();
  if (problems.length) {
    const reason = problems.map((problem) => problem.text).join(" ");
    box.classList.add("kk-cell-error");
    box.title = reason;
    content.append(problems[0].value || row.cells[column.key] || "", element("span", "kk-reason", reason));
  } else if (column.key in row.old) {
    box.classList.add("kk-cell-changed");
    content.append(...change(view, row, column.key));
    box.title = `${row.old[column.key] || view.words.empty} → ${row.cells[column.key] || view.words.empty}`;
  } else if (column.kind === "id" && row.status === "new") {
    content.append(element("span", "kk-soft", view.words.new_id));
  } else {
    content.append(row.cells[column.key] || "");
  }
  return wrapped(content);
};

const wrapped = (content) => {
  const box = element("span");
  box.append(content);
  return box;
};

const statusCell = (view) => (cell) => {
  const row = cell.getData();
  const made = wrapped(sign(view, row.status));
  const whole = row.status === "error" || row.status === "left_out" ? problemsOf(row, null) : [];
  if (whole.length) {
    const reason = whole.map((problem) => problem.text).join(" ");
    cell.getElement().classList.add("kk-cell-error");
    cell.getElement().title = reason;
    made.append(element("span", "kk-reason", reason));
  }
  return made;
};

const FROZEN = ["id", "first_name", "last_name"];

// `view`: { sprite, words, columns: [{ key, header, kind }] }
export const makeGrid = (holder, view) =>
  new Promise((ready) => {
    const wide = matchMedia("(min-width: 62.01rem)").matches;
    const first = FROZEN.flatMap((key) => view.columns.filter((column) => wide && column.key === key));
    const rest = view.columns.filter((column) => !first.includes(column));
    const columns = [
      { title: view.words.line, field: "line", frozen: wide, cssClass: "kk-plain kk-soft", formatter: (cell) => String(cell.getValue()) },
      { title: view.words.row, field: "status", frozen: true, cssClass: "kk-plain", formatter: statusCell(view), maxInitialWidth: 170 },
      ...[...first, ...rest].map((column) => ({
        title: column.header.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]),
        field: `cells.${column.key}`,
        frozen: first.includes(column),
        formatter: dataCell(view, column),
        maxInitialWidth: first.includes(column) ? 170 : 440,
      })),
    ];
    const table = new Tabulator(holder, {
      columns,
      columnDefaults: { resizable: "header", minWidth: 56 },
      index: "number",
      layout: "fitData",
      layoutColumnsOnNewData: true,
      renderVertical: "basic",
      rowFormatter: (row) => row.getElement().classList.add(`kk-row-${row.getData().status}`),
    });
    table.on("tableBuilt", () => {
      // The cells can be reached by keyboard, so the box around them need not be; a grid may hold only rows.
      holder.querySelector(".tabulator-tableholder").removeAttribute("tabindex");
      ready(table);
    });
  });
