// Which rows are wanted and how they are shown: kept in the address, and how they are shown for as long as the browser is open.

const KEPT = ["box", "column", "code", "field", "search", "finding"];
const STORE = "kundekort-rows";
const DEFAULTS = { phone: "words", errors: "words", rows: "grid" };

export const start = (view) => ({ box: view.box, column: "", code: "", field: "", search: "", finding: "", card: "", offset: 0 });

// What became of one card, where a page is asked for it.
export const alone = (view) => ({ ...start(view), box: "all", card: view.card });

// What a page is asked for first: what its address says, else one card, or the rows of which something is to be chosen.
export const first = (view) => {
  const asked = new URLSearchParams(location.search);
  const told = Object.fromEntries(KEPT.filter((name) => asked.has(name)).map((name) => [name, asked.get(name)]));
  if (Object.keys(told).length) return { ...start(view), ...told };
  return view.card ? alone(view) : { ...start(view), box: view.conflicts ? "conflicts" : view.box };
};

// How rows are shown: as one has chosen in such a situation, else errors and phones in words.
export const makeShape = (narrow) => {
  const chosen = JSON.parse(sessionStorage.getItem(STORE) || "{}");
  const situation = (wanted) => (narrow.matches ? "phone" : wanted.box === "errors" || wanted.code ? "errors" : "rows");
  const of = (wanted) => chosen[situation(wanted)] ?? DEFAULTS[situation(wanted)];
  return {
    of,
    choose(wanted, shape) {
      chosen[situation(wanted)] = shape;
      sessionStorage.setItem(STORE, JSON.stringify(chosen));
    },
    // A link that says how is followed, and remembered like a choice.
    follow(wanted) {
      const shape = new URLSearchParams(location.search).get("view");
      if (Object.values(DEFAULTS).includes(shape)) chosen[situation(wanted)] = shape;
    },
    // The address as it is to be after a choice, so that a reload or a link shows the same.
    keep(view, wanted) {
      const usual = start(view);
      const told = Object.entries(wanted).filter(([name, text]) => KEPT.includes(name) && text !== usual[name]);
      if (of(wanted) !== DEFAULTS[situation(wanted)]) told.push(["view", of(wanted)]);
      if (wanted.card) told.push(["row", wanted.card]);
      if (new URLSearchParams(location.search).has("rows")) told.push(["rows", "1"]); // of a file that changes nothing
      const query = new URLSearchParams(told).toString();
      history.replaceState(history.state, "", query ? `?${query}` : location.pathname);
    },
  };
};
