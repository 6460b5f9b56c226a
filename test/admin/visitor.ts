import { SoftPasskey } from "../identity/soft-passkey.ts";
import type { ConsoleAnswer, ServedConsole } from "./served-console.ts";

interface AskedProof {
  readonly ticket?: string;
  readonly publicKey?: { readonly challenge: string };
}

/** A browser, and the device that somebody holds. */
export class Visitor {
  readonly #served: ServedConsole;
  readonly passkey: SoftPasskey;
  /** How the last attempt to get in was answered. */
  last: ConsoleAnswer | undefined;
  cookie = "";
  act = "";

  constructor(served: ServedConsole) {
    this.#served = served;
    this.passkey = new SoftPasskey({ from: served.origin, rpId: "localhost", to: "" });
  }

  makes(asked: Pick<ConsoleAnswer, "text">, ways: Parameters<SoftPasskey["made"]>[0] = {}) {
    const { publicKey, ticket = "" } = JSON.parse(asked.text) as AskedProof;
    const to = publicKey?.challenge ?? "";
    return {
      ticket,
      credential: JSON.parse(this.passkey.made({ to, ...ways })) as unknown,
    };
  }

  shows(asked: Pick<ConsoleAnswer, "text">, ways: Parameters<SoftPasskey["used"]>[0] = {}) {
    const { publicKey, ticket = "" } = JSON.parse(asked.text) as AskedProof;
    const to = publicKey?.challenge ?? "";
    return {
      ticket,
      credential: JSON.parse(this.passkey.used({ to, ...ways })) as unknown,
    };
  }

  /** Keeps what a browser keeps of an answer. */
  take(answer: ConsoleAnswer): void {
    this.last = answer;
    const set = answer.headers["set-cookie"]?.[0]?.split(";")[0];
    if (set !== undefined) this.cookie = set;
  }

  async signIn(): Promise<ConsoleAnswer> {
    const asked = await this.#served.post("/sign-in/options", {});
    const cookie = this.cookie === "" ? {} : { Cookie: this.cookie };
    this.take(await this.#served.post("/sign-in", this.shows(asked), cookie));
    return this.last as ConsoleAnswer;
  }

  /** Learns the act token as the page does. */
  async look(): Promise<ConsoleAnswer> {
    const answer = await this.get("/session");
    this.act = String(answer.body["actToken"] ?? "");
    return answer;
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<ConsoleAnswer> {
    return this.#served.ask("GET", path, {
      Cookie: this.cookie,
      "Sec-Fetch-Site": "same-origin",
      "Sec-Fetch-Mode": "cors",
      ...headers,
    });
  }

  change(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ConsoleAnswer> {
    const own = {
      Cookie: this.cookie,
      Origin: this.#served.origin,
      "Sec-Fetch-Site": "same-origin",
      "Portcullis-Act": this.act,
    };
    return this.#served.ask(method, path, { ...own, ...headers }, body);
  }

  async confirm(ways: Parameters<SoftPasskey["used"]>[0] = {}): Promise<ConsoleAnswer> {
    const asked = await this.change("POST", "/session/confirmation/options");
    const { credential } = this.shows(asked, ways);
    return this.change("POST", "/session/confirmation", { credential });
  }
}
