// The panel beside the grid: everything about one row in words.
import { before, change, conflictOf, element, evidenceOf, now, problemsOf, sign, value, valueOf } from "./cells.js";

// `settle`(whose, field, card): a person has chosen whose value stays; without it the panel only tells.
// `mending`: of each cell it can be said what it is to be.
export const makePanel = (panel, view, settle, mending = null) => {
  const title = panel.querySelector("[data-title]");
  const list = panel.querySelector("dl");
  const entry = (label, ...content) => {
    const term = element("dt", "", label);
    const told = element("dd");
    told.append(...content);
    list.append(term, told);
    return told;
  };
  const error = (label, problem, ways = []) => {
    const told = entry(label, problem.text);
    told.classList.add("kk-panel-error");
    if (problem.value) told.append(element("div", "kk-soft", view.words.in_file.replace("{value}", problem.value)));
    told.append(...ways);
  };

  // A cell that two people have changed: who the other is, both values, and a button for each.
  const conflict = (label, row, one) => {
    const told = entry(label, element("div", "kk-soft", one.by));
    told.classList.add("kk-panel-conflict");
    if (!one.whole && one.base !== null) told.append(element("div", "kk-soft", view.words.base.replace("{value}", one.base || view.words.empty)));
    for (const side of ["theirs", "mine"]) {
      const made = element(settle ? "button" : "div", settle ? "btn btn-sm kk-choice-of" : "");
      const words = view.words[one.whole ? `${side}.card` : side];
      made.append(one.whole ? words : `${words} `, ...(one.whole ? [] : [value(view, one[side])]));
      if (settle) {
        made.type = "button";
        made.setAttribute("aria-pressed", String(one.whose === side));
        made.addEventListener("click", () => settle(side, one.field, row));
      }
      told.append(made);
    }
  };

  // What was found in a cell or at the row: whose card or line is meant, and a button for each answer.
  const found = (row, one) => {
    const made = element("div", "kk-panel-found");
    made.append(element("strong", "", one.text));
    if (one.card) {
      const link = element("a", "", `${view.words.row_of.replace("{id}", one.card.id)} ${one.card.name}`);
      link.href = one.card.url;
      const line = element("div");
      line.append(link);
      made.append(line);
    }
    if (one.line) made.append(element("div", "", view.words.row_at.replace("{line}", one.line)));
    if (mending) made.append(...mending.answers(row, one));
    return made;
  };

  return {
    show(row) {
      title.textContent = view.lines ? view.words.row_at.replace("{line}", row.line) : view.words.row_of.replace("{id}", row.cells.id ?? "");
      list.replaceChildren();
      entry(view.words.what, sign(view, row.status), ...(mending?.out(row) ?? []));
      for (const problem of problemsOf(row, null)) error(view.words.whole_row, problem);
      for (const key of [null, "id"]) for (const one of evidenceOf(row, key)) entry(view.words.whole_row, found(row, one));
      const headers = new Map(view.columns.map((column) => [column.key, column.header]));
      for (const one of row.conflicts) conflict(headers.get(one.field) ?? one.field, row, one);
      // Of a card that goes or comes back everything is said at once.
      const whole = row.status === "removed" || row.status === "restored";
      for (const column of view.columns) {
        const problems = problemsOf(row, column.key);
        if (!problems.length && mending?.isRefused(row, column)) entry(column.header, ...mending.wrong(row, column));
        const noticed = column.key === "id" ? [] : evidenceOf(row, column.key).map((one) => found(row, one));
        problems.forEach((problem, n) => error(column.header, problem, n ? [] : [...(mending?.wrong(row, column, problem) ?? []), ...noticed]));
        const changes = column.key in row.old && !whole && !problems.length && !conflictOf(row, column.key);
        if (changes) {
          const keep = mending && row.status === "changed" && column.key !== "id" && !noticed.length ? [mending.keep(row, column)] : [];
          entry(column.header, ...change(view, row, column.key), ...noticed, ...keep);
        } else if (noticed.length && !problems.length) entry(column.header, now(row, column.key), ...noticed);
      }
      for (const column of view.columns) {
        if (whole && row.old[column.key]) entry(column.header, before(row, column.key));
        const told = (column.key in row.old && !whole) || [conflictOf(row, column.key), ...problemsOf(row, column.key), ...evidenceOf(row, column.key)].some(Boolean);
        if (!told && row.cells[column.key]) entry(column.header, valueOf(row, column.key));
      }
      panel.hidden = false;
    },
    hide() {
      panel.hidden = true;
    },
  };
};
