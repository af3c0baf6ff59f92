// The rows of the preview as a table: every column of the file, as wide as what stands in it, or what happens in words.
// It knows nothing of filters, pages or keys.
import { chooser, customerCell, dataCell, element, lineCell, statusCell, toldCell } from "./cells.js";

// Pixels: how wide a column may begin, and how wide it may be made. The handle of a frozen one must stay within the window.
const FROZEN = { frozen: true, fitting: 220, widest: 300 };
const LOOSE = { frozen: false, fitting: 440, widest: 1200 };
const NARROWEST = 56;
const STEP = 16;

// `view`: { sprite, words, lines: whether rows have one, columns: [{ key, header, kind }] }; `wide`: the media query of a wide window.
// Gives { show(rows, how), reveal(key) }; show is called for every page of rows, and again when the window becomes wide or narrow.
export const makeGrid = (holder, view, wide) => {
  const table = element("table", "kk-grid");
  table.setAttribute("role", "grid");
  table.setAttribute("aria-label", view.words.grid);
  holder.append(table);
  const chosen = new Map(); // the widths a person has given to columns, by key
  let columns = [];
  let told = false; // in words

  // Who the customer is stays in sight; in a window that is wide enough what becomes of the row does too.
  const arrange = () => {
    const side = wide.matches ? FROZEN : LOOSE;
    const line = view.lines ? [{ key: "line", header: view.words.line, cell: lineCell, ...side }] : [];
    const customer = { key: "customer", header: view.words.customer, cell: customerCell, ...FROZEN, ...(wide.matches ? {} : { fitting: 150 }) };
    if (told) return [...line, { ...customer, frozen: false, told }, { key: "told", header: view.words.what, cell: toldCell, ...LOOSE }];
    const status = { key: "status", header: view.words.what, cell: statusCell, ...side };
    const rest = view.columns.filter((column) => column.key !== "id").map((column) => ({ ...column, cell: dataCell, ...LOOSE }));
    return wide.matches ? [...line, status, customer, ...rest] : [customer, status, ...line, ...rest];
  };

  const row = (one) => {
    const made = element("tr", `kk-row-${one.status}`);
    made.setAttribute("role", "row"); // also where a narrow window makes a card of it
    for (const column of columns) {
      const cell = column.cell(view, one, column);
      cell.classList.toggle("kk-frozen", column.frozen);
      cell.setAttribute("role", "gridcell");
      made.append(cell);
    }
    return made;
  };

  const head = (column) => {
    const made = element("th", column.frozen ? "kk-frozen" : "", column.header);
    made.scope = "col";
    made.setAttribute("aria-label", column.header); // or the handle would be told with every cell
    if (column.key === "line" && view.choosing) made.prepend(chooser(view.words.choose_page, { page: "" }));
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

  // How wide each column would be if nothing were cut off; words take the room there is, and are cut off nowhere.
  const measure = () => {
    if (told) return unplace();
    table.classList.remove("kk-placed");
    table.style.width = "";
    for (const col of table.querySelectorAll("col")) col.style.width = "";
    [...table.tHead.rows[0].cells].forEach((cell, n) => {
      columns[n].natural = Math.ceil(cell.getBoundingClientRect().width);
    });
    place();
  };
  const unplace = () => {
    table.classList.remove("kk-placed");
    table.style.width = "";
    holder.style.scrollPadding = `${table.tHead.offsetHeight}px 0 0`;
  };
  const place = () => {
    if (told) return;
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
    if (cell && !told && !cell.title && cell.scrollWidth > cell.clientWidth) cell.title = cell.textContent;
  });

  return {
    // `words`: what happens to each row, instead of all its columns.
    show(rows, { words = false } = {}) {
      told = words;
      table.classList.toggle("kk-in-words", words);
      columns = arrange();
      const [widths, header, body] = [element("colgroup"), element("thead"), element("tbody")];
      widths.append(...columns.map(() => element("col")));
      header.insertRow().append(...columns.map(head));
      body.append(...rows.map(row));
      table.replaceChildren(widths, header, body);
      holder.scrollTop = 0;
      measure();
    },
    // Brings the column of a field into view, beside those that stay in sight, and marks its head.
    reveal(key) {
      const n = columns.findIndex((column) => column.key === key);
      if (n < 0) return;
      const cell = table.tHead.rows[0].cells[n];
      cell.classList.add("kk-column-on");
      if (!columns[n].frozen) holder.scrollLeft = cell.offsetLeft - parseFloat(holder.style.scrollPaddingLeft || 0);
    },
  };
};
