// Mending cells where they stand: an input in the cell, and in the panel the input with what it is to be said of.
import { element, problemsOf } from "./cells.js";

const EDITABLE = ["error", "new", "changed", "left_out"];
const NO_CARD = ["id_unknown", "id_removed", "id_merged"]; // with 0 in its place, the row makes a new card

// Sends a decision as the form of the page does, so that the page comes back as it then is. None where nothing may be mended.
export const makeMending = (view) => {
  const form = document.getElementById("mend");
  if (!form) return null;
  const number = new Intl.NumberFormat(view.language);
  // What was typed last, and what the page says against it.
  const store = `kundekort-mending:${location.pathname}`;
  const typed = JSON.parse(sessionStorage.getItem(store) || "null");
  sessionStorage.removeItem(store);
  const refusal = document.querySelector("#main > .kk-note-error[role=alert]");
  const refused = typed && refusal ? { ...typed, text: refusal.textContent.trim() } : null;
  const set = (row, key, value, about = { rows: row.number }) => {
    sessionStorage.setItem(store, JSON.stringify({ row: row.number, key, value }));
    send({ action: "set", field: key, value, ...about });
  };
  const send = (decision) => {
    for (const old of form.querySelectorAll("[data-said]")) old.remove();
    for (const [name, value] of Object.entries(decision)) {
      const said = element("input");
      Object.assign(said, { type: "hidden", name, value });
      said.dataset.said = "";
      form.append(said);
    }
    form.requestSubmit();
  };
  // What the file says: of a wrong cell what stands there, less the tab that keeps a spreadsheet off it; else what it comes to.
  const said = (row, key) => problemsOf(row, key)[0]?.value?.trim() ?? row.cells[key] ?? (key === "id" && row.status === "new" ? "0" : "");
  const input = (row, key, header, done) => {
    const made = element("input", "form-control form-control-sm");
    made.value = said(row, key);
    made.readOnly = made.value.length >= view.longest && made.value.endsWith("…"); // what is not here whole is not set
    made.maxLength = 10000;
    made.setAttribute("aria-label", view.words["mend.value"].replace("{column}", header));
    made.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter" && !made.readOnly) set(row, key, made.value);
      if (event.key === "Escape") done?.();
    });
    return made;
  };
  const button = (words, act) => {
    const made = element("button", "btn btn-sm", words);
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };

  return {
    send,
    // A button for each answer to what was found at a row; what is wrong is not imported, meant or not.
    answers(row, one) {
      const group = element("div", "kk-mend");
      const finding = view.findings.find(({ code, field }) => code === one.code && field === one.key);
      const wrong = one.key && problemsOf(row, one.key).length;
      for (const { action, words } of finding?.row_answers ?? []) {
        if (wrong && action === "accept") continue;
        const made = button(words, () => send({ action, code: one.code, field: one.key, rows: row.number }));
        made.setAttribute("aria-pressed", String(one.answer === action));
        group.append(made);
      }
      return [group];
    },
    // Opens an input in a cell of the grid; whether it did.
    edit(cell, row, column) {
      if (!column || !EDITABLE.includes(row.status) || cell.querySelector("input")) return false;
      const before = [...cell.childNodes];
      const end = () => {
        if (!made.isConnected) return;
        cell.classList.remove("kk-editing");
        cell.replaceChildren(...before);
      };
      const made = input(row, column.key, column.header, () => {
        end();
        cell.focus();
      });
      for (const kind of ["mousedown", "click", "dblclick"]) made.addEventListener(kind, (event) => event.stopPropagation());
      made.addEventListener("blur", end);
      cell.classList.add("kk-editing");
      cell.replaceChildren(made);
      made.select();
      made.focus();
      return true;
    },
    refused,
    // What is said against what was typed last stands beside it, and not above the rows any more.
    resume() {
      refusal.remove();
      document.querySelector("#panel [aria-invalid=true]").focus();
    },
    isRefused: (row, column) => refused?.row === row.number && refused.key === column.key,
    // What can be done about a cell, for the panel: one in which something is wrong, or in which what was typed was.
    wrong(row, column, problem = null) {
      const made = input(row, column.key, column.header);
      const mend = (about) => () => set(row, column.key, made.value, about);
      const buttons = made.readOnly ? [] : [button(view.words["mend.cell"], mend())];
      const text = problem?.value ?? "";
      if (text && !text.endsWith("…")) buttons.push(button(view.words["mend.text"].replace("{value}", text), mend({ text })));
      if (problem && !made.readOnly && !column.distinct) buttons.push(button(view.words["mend.code"], mend({ code: problem.code })));
      if (problem && row.cells.id && column.key !== "id") buttons.push(this.keep(row, column));
      const group = element("div", "kk-mend");
      if (column.key in row.stored) {
        const stored = row.stored[column.key] || view.words.empty;
        group.append(element("div", "kk-soft kk-stored", view.words.stored.replace("{value}", stored)));
      }
      if (this.isRefused(row, column)) {
        const against = element("div", "kk-refused", refused.text);
        against.id = "refused";
        made.value = refused.value;
        made.setAttribute("aria-invalid", "true");
        made.setAttribute("aria-describedby", against.id);
        group.append(against);
      }
      group.append(...(NO_CARD.includes(problem?.code) ? this.anew(row, column, problem) : []), made, ...buttons);
      return [group];
    },
    // That a number which no card has is that of a new customer: in this row, and in all with the same fault.
    anew(row, column, { code }) {
      const zero = { action: "set", field: column.key, value: "0" };
      const made = [button(view.words["mend.new"], () => send({ ...zero, rows: row.number }))];
      const count = view.faults[`${code}:${column.key}`] ?? 0;
      if (count > 1) made.push(button(view.words["mend.new_all"].replace("{count}", number.format(count)), () => send({ ...zero, code })));
      return made;
    },
    keep: (row, column) => button(view.words["mend.keep"], () => send({ action: "keep", field: column.key, rows: row.number })),
    out(row) {
      if (row.status === "left_out") return [];
      const group = element("div", "kk-mend");
      group.append(button(view.words["mend.out"], () => send({ action: "leave_out", rows: row.number })));
      return [group];
    },
  };
};
