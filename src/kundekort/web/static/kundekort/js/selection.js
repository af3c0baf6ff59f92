// Rows that one has ticked, on one page or several, and what can be decided about all of them.
import { element } from "./cells.js";

// `send`(decision) as mending has it. Gives { show(wanted), toggle(rows), clear() }; show is called whenever new rows stand in the grid.
export const makeSelection = (holder, view, send) => {
  const bar = document.querySelector("[data-selection]");
  const words = bar.querySelector("[data-selection-words]");
  const buttons = bar.querySelector("[data-selection-answers]");
  const number = new Intl.NumberFormat(view.language);
  const chosen = new Set();

  const boxes = () => [...holder.querySelectorAll("[data-row]")];
  const numberOf = (box) => Number(box.dataset.row);
  const draw = () => {
    for (const box of boxes()) {
      box.checked = chosen.has(numberOf(box));
      box.closest("tr").classList.toggle("kk-row-chosen", box.checked);
    }
    const whole = holder.querySelector("[data-page]");
    if (whole) whole.checked = boxes().length > 0 && boxes().every((box) => box.checked);
    bar.hidden = !chosen.size;
    words.textContent = (chosen.size === 1 ? view.words.chosen_one : view.words.chosen).replace("{count}", number.format(chosen.size));
  };
  const set = (rows, is) => {
    for (const row of rows) {
      if (is) chosen.add(row);
      else chosen.delete(row);
    }
    draw();
  };
  const clear = () => {
    chosen.clear();
    draw();
  };

  holder.addEventListener("change", (event) => {
    if (event.target.matches("[data-row]")) set([numberOf(event.target)], event.target.checked);
    if (event.target.matches("[data-page]")) set(boxes().map(numberOf), event.target.checked);
  });
  bar.querySelector("[data-selection-clear]").addEventListener("click", clear);

  const button = (text, decision) => {
    const made = element("button", "btn btn-sm", text);
    made.type = "button";
    made.addEventListener("click", () => send({ ...decision, rows: [...chosen].sort((a, b) => a - b).join(",") }));
    return made;
  };

  return {
    clear,
    // Ticks rows, or takes the tick away where all of them have it.
    toggle(rows) {
      const theirs = boxes().filter((box) => rows.includes(box.closest("tr"))).map(numberOf);
      set(theirs, !theirs.every((row) => chosen.has(row)));
    },
    // What can be decided hangs on the finding whose rows are shown; that rows are left out can be said of any.
    show({ finding, field }) {
      const one = view.findings.find((each) => each.code === finding && each.field === field);
      const answers = (one?.answers ?? []).filter(({ action }) => action !== "leave_out");
      const about = one?.of_column ? { field } : { code: finding, field };
      const out = one?.answers.find(({ action }) => action === "leave_out");
      buttons.replaceChildren(
        ...answers.map(({ action, words: text }) => button(text, { action, ...about })),
        button(out?.words ?? view.words.leave_out, { action: "leave_out", ...(out ? about : {}) }),
      );
      draw();
    },
  };
};
