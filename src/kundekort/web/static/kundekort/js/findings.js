// What was found: the gravest in one line or all of it, examples where one asks for them, and the way there from a grey Confirm.

// `page`: where what is unfolded and opened is remembered, as long as the browser is open. `show`(box): shows the rows of a box.
export const watchFindings = (root, page, show) => {
  const section = document.getElementById("findings");
  const store = `kundekort-findings:${page}`;
  const kept = { all: false, examples: [], ...JSON.parse(sessionStorage.getItem(store) || "{}") };
  const keep = () => sessionStorage.setItem(store, JSON.stringify(kept));
  const fold = root.querySelector("[data-fold]");

  const unfold = (all) => {
    if (!fold) return;
    section.classList.toggle("kk-folded", !all);
    fold.setAttribute("aria-expanded", String(all));
    kept.all = all;
    keep();
  };
  fold?.addEventListener("click", () => unfold(section.classList.contains("kk-folded")));
  if (kept.all) unfold(true);

  for (const button of root.querySelectorAll("[data-examples]")) {
    const examples = document.getElementById(button.getAttribute("aria-controls"));
    const { found } = button.closest("[data-found]").dataset;
    button.addEventListener("click", () => {
      examples.hidden = !examples.hidden;
      button.setAttribute("aria-expanded", String(!examples.hidden));
      kept.examples = kept.examples.filter((one) => one !== found);
      if (!examples.hidden) kept.examples.push(found);
      keep();
    });
    // What was looked at before an answer is looked at after it too. Htmx has to have seen the button by then.
    if (kept.examples.includes(found)) addEventListener("load", () => button.click(), { once: true });
  }

  // What a confirmation waits for: errors are rows, all else stands in the findings.
  const lead = (waits) => {
    if (waits === "errors") return show("errors");
    unfold(true);
    const first = section.querySelector(waits === "conflicts" ? "[data-conflicts]" : "[data-blocks]");
    first.tabIndex = -1;
    first.scrollIntoView({ block: "nearest" });
    first.focus();
  };
  const confirm = root.querySelector("form[data-waits]");
  const instead = (event) => {
    event.preventDefault();
    lead(confirm.dataset.waits);
  };
  confirm?.querySelector("[data-lead]").addEventListener("click", instead);
  confirm?.addEventListener("submit", instead);
};
