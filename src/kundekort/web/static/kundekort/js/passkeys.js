// A form marked data-passkey is sent with what a passkey or security key has made of it: "create" adds one, "get" uses
// one. What it is to sign stands in the page, or is fetched from where the form goes.
const options = document.getElementById("passkey-options");
const make = {
  async create(form, { publicKey }) {
    const passkey = Boolean(new FormData(form).get("passwordless"));
    publicKey.authenticatorSelection.residentKey = passkey ? "required" : "discouraged";
    publicKey.authenticatorSelection.requireResidentKey = passkey;
    publicKey.authenticatorSelection.userVerification = passkey ? "required" : "preferred";
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) });
  },
  async get(form, { publicKey }) {
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  },
};
const wanted = async (form) => {
  if (options) return JSON.parse(options.textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()).request_options;
};
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    const fault = form.querySelector("[data-passkey-fault]");
    fault.hidden = true;
    button.disabled = true;
    try {
      const made = await make[form.dataset.passkey](form, await wanted(form));
      form.elements.credential.value = JSON.stringify(made.toJSON());
      form.submit();
    } catch {
      fault.hidden = false;
      button.disabled = false;
    }
  });
}
