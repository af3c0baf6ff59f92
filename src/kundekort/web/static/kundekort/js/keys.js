// Moving about in the grid by keyboard (one tab stop, arrows within), marking a range and copying it as tab-separated text.

const cellsOf = (row) => [...row.querySelectorAll(".tabulator-cell")];

// `on`: { open(row number), close(), page(step) → Promise<boolean> }
export const watchKeys = (holder, say, on) => {
  let anchor = null;
  const rows = () => [...holder.querySelectorAll(".tabulator-row")];
  const at = (cell) => {
    const row = cell?.closest(".tabulator-row");
    return row ? [rows().indexOf(row), cellsOf(row).indexOf(cell)] : [0, 0];
  };
  const cellAt = (y, x) => {
    const row = rows()[y];
    return row && cellsOf(row)[x];
  };
  const active = () => holder.querySelector('.tabulator-cell[tabindex="0"]');

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
    const copy = cell.cloneNode(true);
    for (const extra of copy.querySelectorAll("del, .kk-reason, .visually-hidden, .kk-nothing")) extra.remove();
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
  };
  // Frozen columns lie over the others, so a cell counts as seen only when it is to the right of them.
  const reveal = (cell) => {
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (cell.classList.contains("tabulator-frozen")) return;
    const table = holder.querySelector(".tabulator-tableholder");
    const frozen = [...cell.parentElement.querySelectorAll(".tabulator-frozen")];
    const edge = Math.max(...frozen.map((box) => box.getBoundingClientRect().right), 0);
    const hidden = edge - cell.getBoundingClientRect().left;
    if (hidden > 0) table.scrollLeft -= hidden + 8;
  };

  const stops = () => [...holder.querySelectorAll(".kk-cell-changed, .kk-cell-error, .kk-row-new .tabulator-cell:nth-child(2)")];
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

  holder.addEventListener("keydown", (event) => {
    if (!event.target.classList.contains("tabulator-cell")) return;
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
    if (event.key in moves) {
      event.preventDefault();
      focus(cellAt(...moves[event.key]), { extend: event.shiftKey });
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      on.open(y);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "c" && !String(getSelection())) {
      event.preventDefault();
      copy();
    }
  });
  holder.addEventListener("mousedown", (event) => {
    const cell = event.target.closest(".tabulator-cell");
    if (!cell) return;
    if (event.shiftKey) event.preventDefault();
    focus(cell, { extend: event.shiftKey });
  });
  holder.addEventListener("click", (event) => {
    const cell = event.target.closest(".tabulator-cell");
    if (cell && !event.shiftKey && !String(getSelection())) on.open(at(cell)[0]);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    if (event.key === "Escape") on.close();
    const direction = { n: 1, p: -1 }[event.key.toLowerCase()];
    if (direction) {
      event.preventDefault();
      step(direction);
    }
  });

  // Called whenever new rows stand in the grid.
  return {
    settle() {
      anchor = null;
      for (const cell of holder.querySelectorAll(".tabulator-cell")) cell.setAttribute("tabindex", "-1");
      cellAt(0, 1)?.setAttribute("tabindex", "0");
    },
    step,
    back: () => active()?.focus(),
  };
};
