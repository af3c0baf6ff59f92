// The builder of segments: groups and rules that a person puts together, kept as JSON in one hidden field.
// The server counts, and says what is wrong with which rule; nothing is decided here.
const form = document.getElementById("segment");
const condition = document.getElementById("condition");
const root = document.getElementById("rules");
const asked = JSON.parse(document.getElementById("questions").textContent);
const words = Object.fromEntries([...document.getElementById("words").content.children].map((word) => [word.dataset.key, word.textContent]));
const MOST_LINES = 12;

const make = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);
const partsOf = (group) => [...group.querySelector("[data-parts]").children].map((item) => item.firstElementChild);
const isGroup = (part) => part.matches(".kk-group");

const choose = (control, value, text = value) => {
  if (control.matches("select") && value && ![...control.options].some((option) => option.value === value)) control.add(new Option(text, value));
  control.value = value;
};

// One rule: what to ask about, the questions that fit it, and the inputs that fit both.
const ruleOf = (data = { field: "", operator: "", values: [] }) => {
  const rule = make("rule");
  const dead = asked.dead[data.field];
  choose(rule.querySelector("[data-subject]"), data.field, dead && words.dead.replace("{field}", dead));
  rule.classList.toggle("kk-dead", Boolean(dead));
  showQuestions(rule, data.operator);
  showValues(rule, data.values ?? []);
  return rule;
};

const showQuestions = (rule, wanted) => {
  const subject = asked.subjects[rule.querySelector("[data-subject]").value];
  const select = rule.querySelector("[data-operator]");
  const fitting = subject?.operators ?? [];
  select.replaceChildren(...fitting.map((name) => new Option(asked.operators[name].words, name)));
  if (fitting.includes(wanted) || !subject) choose(select, wanted, asked.operators[wanted]?.words);
  select.hidden = !select.options.length;
};

const inputOf = (rule) => {
  const operator = asked.operators[rule.querySelector("[data-operator]").value];
  const subject = asked.subjects[rule.querySelector("[data-subject]").value];
  const input = operator?.input ?? subject?.input ?? "text";
  const many = operator?.values === null;
  return { input: many && ["text", "number"].includes(input) ? "lines" : input, count: operator?.values ?? 1, many, none: !operator };
};

const showValues = (rule, values) => {
  const box = rule.querySelector("[data-values]");
  const { input, count, many, none } = inputOf(rule);
  box.dataset.input = input;
  box.replaceChildren();
  if (none) return;
  if (input === "lines") {
    box.append(valueOf(input, values.join("\n"), words.value));
    box.firstElementChild.rows = Math.min(Math.max(values.length + 1, 2), MOST_LINES);
    return;
  }
  const shown = many ? Math.max(values.length, 1) : count;
  for (let n = 0; n < shown; n++) {
    const label = count === 2 && !many ? [words.from, words.to][n] : words.value;
    const value = valueOf(input, values[n] ?? "", label);
    box.append(many && shown > 1 ? removable(value) : value);
  }
  if (many) box.append(make("more"));
};

const valueOf = (input, text, label) => {
  const made = make(document.getElementById(`input-${input}`) ? `input-${input}` : "input-text");
  const control = made.matches("[data-value]") ? made : made.querySelector("[data-value]");
  control.setAttribute("aria-label", label);
  choose(control, text);
  return made;
};

const removable = (value) => {
  const pair = document.createElement("span");
  pair.className = "kk-one";
  const button = make("rule").querySelector("[data-remove]");
  delete button.dataset.remove;
  button.dataset.less = "";
  button.title = words.remove;
  button.setAttribute("aria-label", words.remove);
  pair.append(value, button);
  return pair;
};

const controlsOf = (rule) => [...rule.querySelectorAll("[data-value]")];
const valuesOf = (rule) => controlsOf(rule).flatMap((control) => ("lines" in control.dataset ? control.value.split("\n") : [control.value]));

const groupOf = (data) => {
  const group = make("group");
  const [quantifier, parts] = Object.entries(data)[0];
  group.querySelector("[data-quantifier]").value = quantifier;
  for (const part of parts) add(group, "field" in part ? ruleOf(part) : groupOf(part));
  return group;
};

const add = (group, part) => {
  const item = document.createElement("li");
  item.append(part);
  group.querySelector("[data-parts]").append(item);
  return part;
};

// The JSON of a part; a rule without a subject is not there yet. Each part learns its place, by which faults find it.
const read = (part, path) => {
  if (isGroup(part)) {
    part.dataset.path = path.join(".");
    const parts = [];
    for (const child of partsOf(part)) {
      const got = read(child, [...path, parts.length]);
      if (got) parts.push(got);
    }
    return { [part.querySelector("[data-quantifier]").value]: parts };
  }
  const field = part.querySelector("[data-subject]").value;
  part.dataset.path = field ? path.join(".") : "";
  if (!field) return null;
  const values = valuesOf(part).map((value) => value.trim()).filter(Boolean);
  return { field, operator: part.querySelector("[data-operator]").value, ...(values.length && { values }) };
};

const number = (group, before = "") => {
  for (const [n, part] of partsOf(group).entries()) {
    const place = `${before}${n + 1}`;
    if (isGroup(part)) number(part, `${place}.`);
    else part.setAttribute("aria-label", words.rule.replace("{number}", place));
  }
};

const tell = () => {
  const said = JSON.stringify(read(whole, []));
  number(whole);
  if (said === condition.value) return;
  condition.value = said;
  form.dispatchEvent(new Event("rules"));
};

const start = JSON.parse(condition.value);
const whole = groupOf(start);
whole.querySelector(".kk-group-head [data-remove]").remove();
if ("fresh" in form.dataset && !partsOf(whole).length) add(whole, ruleOf());
root.append(whole);
tell();

// Rules that nobody has saved are not lost by a slip of the hand.
const saved = condition.value;
let sent = false;
form.addEventListener("submit", () => {
  sent = true;
});
addEventListener("beforeunload", (event) => {
  if (!sent && condition.value !== saved) event.preventDefault();
});

root.addEventListener("change", (event) => {
  const rule = event.target.closest(".kk-rule");
  const before = rule?.querySelector("[data-values]").dataset.input;
  if (event.target.matches("[data-subject]")) {
    rule.classList.remove("kk-dead");
    showQuestions(rule, rule.querySelector("[data-operator]").value);
  }
  if (event.target.matches("[data-subject], [data-operator]")) {
    const { input } = inputOf(rule);
    const same = input === before || [input, before].every((name) => ["text", "number", "lines"].includes(name));
    showValues(rule, same ? valuesOf(rule).filter(Boolean) : []);
  }
  tell();
});
root.addEventListener("input", tell);
root.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input")) event.preventDefault();
});

root.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const rule = button.closest(".kk-rule");
  if ("add" in button.dataset) {
    const group = button.closest(".kk-group");
    const added = add(group, button.dataset.add === "rule" ? ruleOf() : groupOf({ any: [] }));
    if (isGroup(added)) add(added, ruleOf());
    added.querySelector("[data-subject]").focus();
  } else if ("more" in button.dataset) {
    showValues(rule, [...valuesOf(rule), ""]);
    controlsOf(rule).at(-1).focus();
  } else if ("less" in button.dataset) {
    const gone = controlsOf(rule).indexOf(button.parentElement.querySelector("[data-value]"));
    showValues(rule, valuesOf(rule).toSpliced(gone, 1));
    (controlsOf(rule)[gone] ?? controlsOf(rule).at(-1)).focus();
  } else if ("remove" in button.dataset) {
    const item = button.closest("li");
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const group = item.parentElement.closest(".kk-group");
    item.remove();
    (next?.querySelector("select") ?? group.querySelector(":scope > .kk-row > [data-add]")).focus();
  }
  tell();
});

// What the server says is wrong stands beside its rule; what belongs to no rule stays where the server put it.
// The count stands beside the button to save too, where it is seen however many rules there are.
document.addEventListener("htmx:after:swap", () => {
  const result = document.getElementById("result");
  const faults = new Map([...result.querySelectorAll("[data-path]")].map((item) => [item.dataset.path, item]));
  for (const [n, rule] of [...root.querySelectorAll(".kk-rule")].entries()) {
    const fault = rule.dataset.path ? faults.get(rule.dataset.path) : undefined;
    const place = rule.querySelector("[data-fault]");
    place.id = `fault-${n}`;
    place.hidden = !fault;
    place.classList.toggle("kk-waiting", Boolean(fault?.dataset.waiting));
    place.replaceChildren(...(fault ? [...fault.cloneNode(true).childNodes] : []));
    if (fault) fault.hidden = true;
    for (const control of controlsOf(rule)) {
      control.toggleAttribute("aria-invalid", false);
      if (fault && !fault.dataset.waiting && !rule.matches(".kk-dead")) control.setAttribute("aria-invalid", "true");
      if (fault) control.setAttribute("aria-describedby", place.id);
      else control.removeAttribute("aria-describedby");
    }
  }
  const count = result.querySelector("[data-count]");
  document.getElementById("told").replaceChildren(...(count ? count.cloneNode(true).childNodes : []));
});
