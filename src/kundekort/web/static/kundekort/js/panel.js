// The panel beside the grid: everything about one row in words.
import { change, element, problemsOf, sign, valueOf } from "./cells.js";

export const makePanel = (panel, view) => {
  const title = panel.querySelector("[data-title]");
  const list = panel.querySelector("dl");
  const entry = (label, ...content) => {
    const term = element("dt", "", label);
    const told = element("dd");
    told.append(...content);
    list.append(term, told);
    return told;
  };
  const error = (label, problem) => {
    const told = entry(label, problem.text);
    told.classList.add("kk-panel-error");
    if (problem.value) told.append(element("div", "kk-soft", view.words.in_file.replace("{value}", problem.value)));
  };

  return {
    show(row) {
      title.textContent = view.lines ? view.words.row_at.replace("{line}", row.line) : view.words.row_of.replace("{id}", row.cells.id ?? "");
      list.replaceChildren();
      entry(view.words.row, sign(view, row.status));
      for (const problem of problemsOf(row, null)) error(view.words.whole_row, problem);
      for (const column of view.columns) {
        const problems = problemsOf(row, column.key);
        for (const problem of problems) error(column.header, problem);
        if (column.key in row.old && !problems.length) entry(column.header, ...change(view, row, column.key));
      }
      for (const column of view.columns) {
        if (!(column.key in row.old) && row.cells[column.key] && !problemsOf(row, column.key).length) entry(column.header, valueOf(row, column.key));
      }
      panel.hidden = false;
    },
    hide() {
      panel.hidden = true;
    },
  };
};
