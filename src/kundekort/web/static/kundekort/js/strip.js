// The whole file as a thin strip beside the rows: what happens where, and where one is; a press goes there.

const draw = (name, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, text] of Object.entries(attributes)) made.setAttribute(key, text);
  return made;
};

// `jump`(row number): go to the first row shown that stands there or after.
export const makeStrip = (strip, view, jump) => {
  const number = new Intl.NumberFormat(view.language);
  const least = view.size / 240; // a band must be seen however many rows there are
  const picture = draw("svg", { viewBox: `0 0 2 ${view.size}`, preserveAspectRatio: "none", width: "100%", height: "100%", "aria-hidden": "true" });
  const mark = draw("rect", { class: "kk-strip-here", x: 0, y: 0, width: 2, height: least });
  let starts = [];
  let here = 0;

  const rect = (x, first, last, state) => draw("rect", { class: `kk-band-${state}`, x, y: first, width: 1, height: Math.max(last - first + 1, least) });
  const stand = (row) => {
    here = row;
    strip.setAttribute("aria-valuenow", row + 1);
    strip.setAttribute("aria-valuetext", view.words.strip_at.replace("{row}", number.format(row + 1)).replace("{total}", number.format(view.size)));
    mark.setAttribute("y", Math.min(row, view.size - least));
  };
  const go = (row) => {
    stand(Math.min(Math.max(row, 0), view.size - 1));
    jump(here);
  };

  strip.addEventListener("click", (event) => {
    const box = strip.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * view.size);
    // A press beside a band means the band, which may be thinner than a finger.
    const near = starts.filter((start) => Math.abs(start - row) <= view.size / 80);
    go(near.length ? near.reduce((a, b) => (Math.abs(b - row) < Math.abs(a - row) ? b : a)) : row);
  });
  strip.addEventListener("keydown", (event) => {
    const to = {
      ArrowDown: () => starts.find((start) => start > here) ?? here,
      ArrowUp: () => starts.findLast((start) => start < here) ?? here,
      PageDown: () => here + Math.ceil(view.size / 10),
      PageUp: () => here - Math.ceil(view.size / 10),
      Home: () => 0,
      End: () => view.size - 1,
    }[event.key];
    if (!to) return;
    event.preventDefault();
    go(to());
  });

  // Without an answer there is no strip, and all the rest works.
  const ask = async () => {
    try {
      const answer = await fetch(view.bands, { headers: { Accept: "application/json" } });
      return (answer.ok && !answer.redirected && (await answer.json()).bands) || [];
    } catch {
      return [];
    }
  };

  return {
    stand,
    // Only what there is to see of it is shown: a file in which nothing happens has no strip.
    async show() {
      const bands = await ask();
      starts = bands.map(([first]) => first);
      const common = bands.filter((band) => band[3]).map(([first, last, , state]) => rect(0, first, last, state));
      const grave = bands.filter((band) => band[2]).map(([first, last, state]) => rect(1, first, last, state));
      picture.replaceChildren(...common, ...grave, mark);
      for (const [key, text] of Object.entries({ role: "slider", tabindex: 0, "aria-orientation": "vertical", "aria-label": view.words.strip, title: view.words.strip, "aria-valuemin": 1, "aria-valuemax": view.size })) strip.setAttribute(key, text);
      stand(here);
      strip.replaceChildren(picture);
      strip.hidden = !bands.length;
    },
  };
};
