// The drop zone: a file dropped anywhere on it, or chosen, is named before it is sent. Without this script the plain form works.
const zone = document.getElementById("drop");
const input = zone.querySelector("input[type=file]");
const name = document.getElementById("file-name");
const choose = document.getElementById("choose");
const send = document.getElementById("send");
const limit = Number(zone.dataset.limit);

const show = () => {
  const file = input.files[0];
  const tooLarge = Boolean(file && file.size > limit);
  zone.classList.toggle("kk-has-file", Boolean(file) && !tooLarge);
  name.textContent = file ? (tooLarge ? zone.dataset.tooLarge : `${file.name} · ${size(file.size)}`) : zone.dataset.none;
  send.classList.toggle("btn-primary", Boolean(file) && !tooLarge);
  choose.classList.toggle("btn-primary", !file || tooLarge);
  if (file && !tooLarge) send.focus();
};
// As `wording.file_size` writes it on the server.
const size = (bytes) => {
  let [value, unit] = [Math.max(bytes / 1024, bytes ? 0.1 : 0), 0];
  while (Math.round(value) >= 1024 && unit < 2) [value, unit] = [value / 1024, unit + 1];
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: value < 10 ? 1 : 0 });
  return `${number.format(value)}\u00a0${["kB", "MB", "GB"][unit]}`;
};

input.addEventListener("change", show);
for (const type of ["dragenter", "dragover"]) {
  zone.addEventListener(type, (event) => {
    event.preventDefault();
    zone.classList.add("kk-over");
  });
}
for (const type of ["dragleave", "drop"]) zone.addEventListener(type, () => zone.classList.remove("kk-over"));
zone.addEventListener("drop", (event) => {
  event.preventDefault();
  if (!event.dataTransfer.files.length) return;
  input.files = event.dataTransfer.files;
  show();
});
show();
