// Makes and uses passkeys. A part marked data-passkeys ("make" or "use") is hidden until this module knows that the
// browser can do it; its form sends what the authenticator signed like any other form.

const can = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;

for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-passkeys]"))) {
  const form = part.querySelector("form");
  if (!can || !form) continue;
  part.hidden = false;
  const said = /** @type {HTMLElement} */ (part.querySelector("[role=status]"));
  form.addEventListener("submit", async (event) => {
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("credential"));
    const name = /** @type {HTMLInputElement | null} */ (form.elements.namedItem("name"));
    // Without a name the server says so, before a device is asked in vain.
    if (field.value || (name && !name.value.trim())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    try {
      const token = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrf_token")).value;
      const answer = await fetch(part.dataset.challenge ?? "", {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": token },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const options = await answer.json();
      const made = part.dataset.passkeys === "make"
        ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
      if (!made) return;
      field.value = JSON.stringify(/** @type {PublicKeyCredential} */ (made).toJSON());
      form.submit();
    } catch {
      said.textContent = "Nothing was done: your device said no, or it took too long. Try again.";
    }
  }, { capture: true });
}
