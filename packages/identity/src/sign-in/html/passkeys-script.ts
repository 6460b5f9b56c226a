/**
 * The only script of the pages, and they work without it: it shows the passkey buttons where the
 * browser has passkeys, and carries bytes between the browser and the form.
 */
export const passkeysScript = `
const bytes = (text) => {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
};
const text = (buffer) => {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
};
for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  for (const or of document.querySelectorAll("[data-passkey-or]")) or.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value !== "") return;
    event.preventDefault();
    const making = form.dataset.passkey === "make";
    try {
      const asked = await fetch(form.dataset.options, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ form: form.elements.form.value }),
      });
      if (!asked.ok) throw new Error("no options");
      const options = await asked.json();
      options.challenge = bytes(options.challenge);
      for (const one of options.allowCredentials ?? []) one.id = bytes(one.id);
      for (const one of options.excludeCredentials ?? []) one.id = bytes(one.id);
      if (making) options.user.id = bytes(options.user.id);
      const credential = making
        ? await navigator.credentials.create({ publicKey: options })
        : await navigator.credentials.get({ publicKey: options });
      const { response } = credential;
      const part = (name) => (response[name] ? text(response[name]) : undefined);
      form.elements.credential.value = JSON.stringify({
        id: credential.id,
        rawId: text(credential.rawId),
        type: credential.type,
        clientExtensionResults: credential.getClientExtensionResults(),
        response: {
          clientDataJSON: part("clientDataJSON"),
          authenticatorData: part("authenticatorData"),
          signature: part("signature"),
          userHandle: part("userHandle"),
          attestationObject: part("attestationObject"),
        },
      });
      form.submit();
    } catch {
      form.querySelector("[data-fault]").hidden = false;
    }
  });
}
`;
