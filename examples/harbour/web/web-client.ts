import { webPlatform } from "@portcullis/client/adapters/web";
import { PortcullisClient, PortcullisProblem, SignedOut } from "@portcullis/client";

interface Page {
  readonly location: { readonly origin: string; readonly href: string; readonly search: string };
  readonly history: { replaceState(data: unknown, title: string, url: string): void };
  readonly document: {
    getElementById(
      id: string,
    ): { innerHTML: string; textContent: string | null; append(...parts: unknown[]): void } | null;
    createElement(name: string): {
      textContent: string | null;
      id: string;
      addEventListener(name: string, listener: () => void): void;
      append(...parts: unknown[]): void;
      setAttribute(name: string, value: string): void;
    };
  };
}
const { document, history, location } = globalThis as unknown as Page;

const client = new PortcullisClient(
  {
    issuer: location.origin,
    clientId: "harbour-web",
    redirectUri: `${location.origin}/app`,
    scopes: ["openid", "accounts:read", "payments:write"],
    app: { id: "harbour-web", version: "1.0.0" },
  },
  webPlatform(),
);
const view = document.getElementById("view");

function button(text: string, work: () => Promise<unknown>): unknown {
  const made = document.createElement("button");
  made.textContent = text;
  made.addEventListener("click", () => void work().catch(say));
  return made;
}

function say(fault: unknown): void {
  const line = document.createElement("p");
  line.setAttribute("role", "alert");
  line.textContent =
    fault instanceof PortcullisProblem
      ? `${fault.message} (${fault.code ?? fault.status})`
      : (fault as Error).message;
  view?.append(line);
}

async function show(): Promise<void> {
  if (view === null) return;
  view.innerHTML = "";
  try {
    const { items } = (await (await client.send("/v1/accounts")).json()) as {
      items: { id: string; iban: string; balance: number }[];
    };
    const list = document.createElement("ul");
    for (const { balance, iban } of items) {
      const line = document.createElement("li");
      const [left, right] = [document.createElement("span"), document.createElement("strong")];
      left.textContent = iban;
      right.textContent = `€ ${(balance / 100).toFixed(2)}`;
      line.append(left, right);
      list.append(line);
    }
    view.append(
      list,
      button("Refresh", show),
      button("Sign out", () => client.signOut().then(show)),
    );
  } catch (fault) {
    if (!(fault instanceof SignedOut)) say(fault);
    view.append(button("Sign in", () => client.signIn()));
  }
}

// Back from sign-in: the address is the answer, and is not kept.
if (new URLSearchParams(location.search).has("state")) {
  await client.completeSignIn(location.href).catch(say);
  history.replaceState(null, "", "/app");
}
await show();
