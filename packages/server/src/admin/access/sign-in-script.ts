/**
 * The script of the pages that let people into the console. It says everything as text, and goes
 * nowhere but to addresses of its own origin.
 */
export const signInScript = `
const page = document.querySelector("main").dataset.page;
const form = document.querySelector("form");
const fault = document.getElementById("fault");
const button = form.querySelector("button");

const ask = async (path, body) => {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const words = told.detail ?? told.title ?? "The console answered " + answer.status + ".";
    throw Object.assign(new Error(words), { code: told.code });
  }
  return told;
};

const next = () => {
  const wanted = URL.parse(new URLSearchParams(location.search).get("next") ?? "/", location.origin);
  return wanted?.origin === location.origin ? wanted.href : location.origin + "/";
};

const say = (words, field) => {
  fault.textContent = words;
  fault.hidden = words === "";
  for (const one of form.querySelectorAll("input")) one.removeAttribute("aria-invalid");
  if (field) {
    field.setAttribute("aria-invalid", "true");
    field.focus();
  }
};

const wordsOf = (error) => {
  if (!("code" in error) || typeof error.code === "number") {
    if (error.name === "NotAllowedError") return "Nothing was signed. Try again when you are ready.";
    if (error.name === "InvalidStateError") return "This device has a passkey for you already. Sign in with it.";
    if (error.name === "SecurityError") return "Passkeys do not work at this address. Open the console by its own name.";
  }
  return error.message;
};

const proof = async (kind, asked) => {
  const { publicKey, ticket } = asked;
  const credential =
    kind === "make"
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey),
        });
  return { ticket, credential: credential.toJSON() };
};

const signIn = async () =>
  ask("/sign-in", await proof("use", await ask("/sign-in/options", {})));

const join = async (link, name) => {
  const asked = await ask("/join/options", { link, name });
  await ask("/join", { link, name, ...(await proof("make", asked)) });
};

const begin = async () => {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON)
    return say("This browser is too old for passkeys. Use a newer one.");
  let link;
  if (page === "join") {
    // The link's secret leaves the address bar and the history, and outlives a reload.
    link = location.hash.length > 1 ? location.hash.slice(1) : history.state?.link;
    history.replaceState({ link }, "", "/join");
    const opened = await ask("/join/look", { link: link ?? "" });
    const { name: field } = form.elements;
    document.getElementById("role").textContent = opened.role;
    document.getElementById("invited").hidden = false;
    if (opened.name !== undefined) {
      field.value = opened.name;
      field.readOnly = true;
    }
    form.hidden = false;
    (opened.name === undefined ? field : button).focus();
  } else {
    const signedIn = await fetch("/session", { headers: { "Portcullis-Background": "1" } });
    if (signedIn.ok) return location.replace(next());
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    button.disabled = true;
    const field = form.elements.name;
    try {
      if (page === "join") await join(link, field.value);
      else await signIn();
      location.replace(next());
    } catch (error) {
      button.disabled = false;
      say(wordsOf(error), /^name/.test(error.code ?? "") ? field : undefined);
    }
  });
};

begin().catch((error) => say(wordsOf(error)));
`;
