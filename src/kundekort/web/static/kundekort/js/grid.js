// The grid of the preview: a table whose columns fit what stands in them. It knows nothing of filters, pages or keys.
import { dataCell, element, lineCell, statusCell } from "./cells.js";

const FIRST = ["id", "first_name", "last_name"];
// Pixels: how wide a column may begin, and how wide it may be made. The handle of a frozen one must stay within the window.
const FROZEN = { frozen: true, fitting: 170, widest: 300 };
const LOOSE = { frozen: false, fitting: 440, widest: 1200 };
const NARROWEST = 56;
const STEP = 16;

// `view`: { sprite, words, lines: whether rows have one, columns: [{ key, header, kind }] }; `wide`: the media query of a wide window.
// Gives { show(rows) }, to be called for every page of rows, and again when the window becomes wide or narrow.
export const makeGrid = (holder, view, wide) => {
  const table = element("table", "kk-grid");
  table.setAttribute("role", "grid");
  table.setAttribute("aria-label", view.words.grid);
  holder.append(table);
  const chosen = new Map(); // the widths a person has given to columns, by key
  let columns = [];

  // A window that is wide enough keeps who the customer is in sight; a narrow one only what becomes of the row.
  const arrange = () => {
    const first = FIRST.flatMap((key) => view.columns.filter((column) => wide.matches && column.key === key));
    const rest = view.columns.filter((column) => !first.includes(column));
    return [
      ...(view.lines ? [{ key: "line", header: view.words.line, cell: lineCell, ...(wide.matches ? FROZEN : LOOSE) }] : []),
      { key: "status", header: view.words.row, cell: statusCell, ...FROZEN },
      ...first.map((column) => ({ ...column, cell: dataCell, ...FROZEN })),
      ...rest.map((column) => ({ ...column, cell: dataCell, ...LOOSE })),
    ];
  };

  const row = (one) => {
    const made = element("tr", `kk-row-${one.status}`);
    for (const column of columns) {
      const cell = column.cell(view, one, column);
      cell.classList.toggle("kk-frozen", column.frozen);
      made.append(cell);
    }
    return made;
  };

  const head = (column) => {
    const made = element("th", column.frozen ? "kk-frozen" : "", column.header);
    made.scope = "col";
    made.setAttribute("aria-label", column.header); // or the handle would be told with every cell
    made.append(grip(column));
    return made;
  };

  // The handle at the end of a header: dragged, moved with the arrow keys, or double-clicked to fit again.
  const grip = (column) => {
    const made = element("span", "kk-grip");
    made.tabIndex = -1; // the arrow keys lead to it
    made.setAttribute("role", "separator");
    made.setAttribute("aria-orientation", "vertical");
    made.setAttribute("aria-label", view.words.width.replace("{column}", column.header));
    made.setAttribute("aria-valuemin", NARROWEST);
    made.setAttribute("aria-valuemax", column.widest);
    const resize = (width) => {
      chosen.set(column.key, Math.min(Math.max(Math.round(width), NARROWEST), column.widest));
      place();
    };
    made.addEventListener("pointerdown", (event) => made.setPointerCapture(event.pointerId));
    made.addEventListener("pointermove", (event) => {
      if (made.hasPointerCapture(event.pointerId)) resize(event.clientX - made.parentElement.getBoundingClientRect().left);
    });
    made.addEventListener("dblclick", () => {
      chosen.delete(column.key);
      place();
    });
    made.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
      if (!step) return;
      event.preventDefault();
      resize(Number(made.getAttribute("aria-valuenow")) + step);
    });
    return made;
  };

  // How wide each column would be if nothing were cut off.
  const measure = () => {
    table.classList.remove("kk-placed");
    table.style.width = "";
    for (const col of table.querySelectorAll("col")) col.style.width = "";
    [...table.tHead.rows[0].cells].forEach((cell, n) => {
      columns[n].natural = Math.ceil(cell.getBoundingClientRect().width);
    });
    place();
  };
  const place = () => {
    let whole = 0;
    let frozen = 0;
    columns.forEach((column, n) => {
      const width = chosen.get(column.key) ?? Math.min(Math.max(column.natural, NARROWEST), column.fitting);
      table.querySelectorAll("col")[n].style.width = `${width}px`;
      table.querySelectorAll(".kk-grip")[n].setAttribute("aria-valuenow", width);
      if (column.frozen) {
        table.style.setProperty(`--kk-left-${n + 1}`, `${frozen}px`);
        frozen += width;
      }
      whole += width;
    });
    table.style.width = `max(100%, ${whole}px)`;
    table.classList.add("kk-placed");
    // What is scrolled to must not lie under the frozen columns or the header.
    holder.style.scrollPadding = `${table.tHead.offsetHeight}px 0 0 ${frozen}px`;
  };

  document.fonts.addEventListener("loadingdone", () => columns.length && measure());
  holder.addEventListener("mouseover", (event) => {
    const cell = event.target.closest("td");
    if (cell && !cell.title && cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent;
  });

  return {
    show(rows) {
      columns = arrange();
      const [widths, header, body] = [element("colgroup"), element("thead"), element("tbody")];
      widths.append(...columns.map(() => element("col")));
      header.insertRow().append(...columns.map(head));
      body.append(...rows.map(row));
      table.replaceChildren(widths, header, body);
      holder.scrollTop = 0;
      measure();
    },
  };
};
