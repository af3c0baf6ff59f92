// The page of an own field: choices are asked for only where the kind is a choice.
const kind = document.getElementById("kind");
const choices = document.querySelector("[data-choices]");
if (kind) {
  const show = () => {
    choices.hidden = kind.value !== "choice";
  };
  kind.addEventListener("change", show);
  show();
}
