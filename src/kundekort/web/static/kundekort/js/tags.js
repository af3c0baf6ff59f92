// Tags as chips over a plain text field, in which they stand with | between them; without this script one writes them there.
const SIGN = "|";

const chipsOver = (input) => {
  const box = document.createElement("div");
  box.className = "kk-tags form-control";
  const adding = document.createElement("input");
  adding.id = input.id;
  adding.setAttribute("aria-describedby", input.getAttribute("aria-describedby") ?? "");
  adding.placeholder = input.dataset.add;
  adding.autocomplete = "off";
  input.removeAttribute("id");
  input.type = "hidden";
  input.after(box);
  document.querySelector("[data-plain]").hidden = true;
  let tags = input.value.split(SIGN).map((tag) => tag.trim()).filter(Boolean);

  const show = () => {
    input.value = tags.join(SIGN);
    box.replaceChildren(
      ...tags.map((tag) => {
        const chip = document.createElement("span");
        chip.className = "kk-chip";
        const remove = document.createElement("button");
        remove.type = "button";
        remove.textContent = "×";
        remove.setAttribute("aria-label", input.dataset.remove.replace("{tag}", tag));
        remove.addEventListener("click", () => {
          tags = tags.filter((other) => other !== tag);
          show();
          adding.focus();
        });
        chip.append(tag, remove);
        return chip;
      }),
      adding,
    );
  };
  const take = () => {
    const written = adding.value.split(SIGN).map((tag) => tag.trim()).filter(Boolean);
    if (!written.length) return false;
    tags = [...new Set([...tags, ...written])];
    adding.value = "";
    show();
    adding.focus();
    return true;
  };
  adding.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && adding.value.trim()) {
      event.preventDefault();
      take();
    } else if (event.key === SIGN) {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && !adding.value && tags.length) {
      tags = tags.slice(0, -1);
      show();
      adding.focus();
    }
  });
  box.addEventListener("click", (event) => event.target === box && adding.focus());
  input.form.addEventListener("submit", take);
  show();
};

for (const input of document.querySelectorAll("[data-tags]")) chipsOver(input);
