// Moving about in the grid by keyboard (one tab stop, arrows within), marking a range and copying it as tab-separated text.

const cellsOf = (row) => [...row.cells];

// `on`: { open(row number), close(), focus(row number), page(step) → Promise<boolean>, error(row number) → Promise<row number, -1 for none>,
// choose(rows) where rows can be chosen }
export const watchKeys = (holder, say, on) => {
  let anchor = null;
  const rows = () => [...holder.querySelectorAll("tbody tr")];
  const at = (cell) => {
    const row = cell?.closest("tr");
    return row ? [rows().indexOf(row), cellsOf(row).indexOf(cell)] : [0, 0];
  };
  const cellAt = (y, x) => {
    const row = rows()[y];
    return row && cellsOf(row)[x];
  };
  const active = () => holder.querySelector('td[tabindex="0"]');

  const unpick = () => {
    for (const cell of holder.querySelectorAll(".kk-picked")) cell.classList.remove("kk-picked");
  };
  const corners = () => {
    const [y1, x1] = at(anchor ?? active());
    const [y2, x2] = at(active());
    return [Math.min(y1, y2), Math.min(x1, x2), Math.max(y1, y2), Math.max(x1, x2)];
  };
  const pick = () => {
    unpick();
    const [top, left, bottom, right] = corners();
    for (const row of rows().slice(top, bottom + 1)) for (const cell of cellsOf(row).slice(left, right + 1)) cell.classList.add("kk-picked");
  };
  const plain = (cell) => {
    if (cell.dataset.copy) return cell.dataset.copy;
    const copy = cell.cloneNode(true);
    for (const extra of copy.querySelectorAll("del, .kk-reason, .visually-hidden, .kk-nothing, .kk-mark")) extra.remove();
    return copy.textContent.trim();
  };
  const copy = () => {
    const [top, left, bottom, right] = corners();
    const lines = rows().slice(top, bottom + 1).map((row) => cellsOf(row).slice(left, right + 1).map(plain).join("\t"));
    navigator.clipboard?.writeText(lines.join("\n"));
  };

  const focus = (cell, { extend = false } = {}) => {
    if (!cell) return;
    const old = active();
    if (extend) anchor ??= old;
    else anchor = null;
    old?.setAttribute("tabindex", "-1");
    cell.setAttribute("tabindex", "0");
    cell.focus({ preventScroll: true });
    reveal(cell);
    if (extend) pick();
    else unpick();
    on.focus(at(cell)[0]);
  };
  // A frozen cell is in sight however far the others are scrolled, so only its row is looked for. Of a wide one the beginning counts.
  const reveal = (cell) => {
    const shown = cell.classList.contains("kk-frozen") ? cell.parentElement : cell;
    const room = holder.clientWidth - parseFloat(getComputedStyle(holder).scrollPaddingLeft);
    shown.scrollIntoView({ block: "nearest", inline: shown === cell && cell.offsetWidth > room ? "start" : "nearest" });
  };

  // What is told of the row takes room from the grid.
  const open = (cell) => {
    on.open(at(cell)[0]);
    reveal(cell);
  };

  const stops = () => [...holder.querySelectorAll(".kk-cell-changed, .kk-cell-error, .kk-cell-conflict, :is(.kk-row-new, .kk-row-removed, .kk-row-restored) .kk-status, tr:not(.kk-row-unchanged) .kk-told")];
  const step = async (direction) => {
    const here = active();
    const inside = here && holder.contains(document.activeElement);
    const all = stops();
    const after = (stop) => Boolean(here.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_FOLLOWING);
    const before = (stop) => Boolean(here.compareDocumentPosition(stop) & Node.DOCUMENT_POSITION_PRECEDING);
    const next = !inside ? all.at(direction > 0 ? 0 : -1) : direction > 0 ? all.find(after) : all.findLast(before);
    if (next) return focus(next);
    if (await on.page(direction)) return focus(stops().at(direction > 0 ? 0 : -1));
    say();
  };

  const stopOf = (row) => row?.querySelector(".kk-cell-error, .kk-told") ?? row?.querySelector(".kk-status");
  const nextError = async () => {
    const all = rows();
    const here = holder.contains(document.activeElement) ? at(active())[0] : -1;
    const next = all.find((row, n) => n > here && row.matches(".kk-row-error"));
    if (next) return focus(stopOf(next));
    const found = await on.error(here + 1);
    if (found < 0) return say();
    focus(stopOf(rows()[found]));
  };

  holder.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && event.target.matches(".kk-grip")) {
      event.preventDefault();
      return focus(cellAt(0, event.target.parentElement.cellIndex));
    }
    if (!event.target.matches("td")) return;
    const [y, x] = at(event.target);
    const width = cellsOf(event.target.parentElement).length;
    const moves = {
      ArrowUp: [y - 1, x],
      ArrowDown: [y + 1, x],
      ArrowLeft: [y, x - 1],
      ArrowRight: [y, x + 1],
      Home: [event.ctrlKey ? 0 : y, 0],
      End: [event.ctrlKey ? rows().length - 1 : y, width - 1],
      PageDown: [Math.min(y + 10, rows().length - 1), x],
      PageUp: [Math.max(y - 10, 0), x],
    };
    if (event.key === "ArrowUp" && y === 0 && !event.shiftKey) {
      event.preventDefault();
      holder.querySelectorAll(".kk-grip")[x].focus({ preventScroll: true });
    } else if (event.key in moves) {
      event.preventDefault();
      focus(cellAt(...moves[event.key]), { extend: event.shiftKey });
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      open(event.target);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "c" && !String(getSelection())) {
      event.preventDefault();
      copy();
    }
  });
  holder.addEventListener("mousedown", (event) => {
    const cell = event.target.closest("td");
    if (!cell) return;
    if (event.shiftKey) event.preventDefault();
    focus(cell, { extend: event.shiftKey });
  });
  holder.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (cell && !event.shiftKey && !event.target.closest("a, input") && !String(getSelection())) open(cell);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    if (event.key === "Escape") on.close();
    const direction = { n: 1, p: -1 }[event.key.toLowerCase()];
    if (direction) {
      event.preventDefault();
      step(direction);
    }
    if (event.key.toLowerCase() === "x" && on.choose && holder.contains(document.activeElement)) {
      event.preventDefault();
      const picked = rows().filter((row) => row.querySelector(".kk-picked"));
      on.choose(picked.length ? picked : [document.activeElement.closest("tr")]);
    }
    if (event.key.toLowerCase() === "e") {
      event.preventDefault();
      nextError();
    }
  });

  // Called whenever new rows stand in the grid.
  return {
    settle() {
      anchor = null;
      for (const cell of holder.querySelectorAll("td")) cell.setAttribute("tabindex", "-1");
      cellAt(0, 1)?.setAttribute("tabindex", "0");
    },
    step,
    // Brings a row into sight, from where the arrow keys then go on.
    reveal(row) {
      const cell = stopOf(rows()[row]);
      active()?.setAttribute("tabindex", "-1");
      cell.setAttribute("tabindex", "0");
      cell.parentElement.scrollIntoView({ block: "center", inline: "nearest" });
      cell.parentElement.classList.add("kk-row-open");
    },
    back: () => active()?.focus(),
  };
};
