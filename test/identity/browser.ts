import { type IdentityGate, password } from "./identity-gate.ts";

/**
 * A person's browser, as far as sign-in needs one: cookies by path, forms, redirects one at a time.
 */
export class Browser {
  readonly #gate: IdentityGate;
  readonly #cookies = new Map<string, { value: string; path: string }>();

  constructor(gate: IdentityGate) {
    this.#gate = gate;
  }

  get cookies(): ReadonlyMap<string, { value: string; path: string }> {
    return this.#cookies;
  }

  async get(url: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.#send(url, { headers });
  }

  async post(
    url: string,
    fields: Readonly<Record<string, string>>,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.#send(url, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Origin: this.#gate.origin,
        "Sec-Fetch-Site": "same-origin",
        ...headers,
      },
    });
  }

  /**
   * Goes on while the redirects lead to this site. @returns the page it ends on, or where it was
   * sent
   */
  async follow(
    response: Response,
    from: string,
  ): Promise<{
    readonly url: string;
    readonly page?: string;
    readonly status: number;
    readonly left?: URL;
  }> {
    let at = new URL(from, this.#gate.origin).href;
    let answer = response;
    for (let hops = 0; hops < 12; hops += 1) {
      const location = answer.headers.get("location");
      if (location === null) return { url: at, page: await answer.text(), status: answer.status };
      await answer.arrayBuffer();
      const next = new URL(location, at);
      if (next.origin !== this.#gate.origin) return { url: at, left: next, status: answer.status };
      at = next.href;
      answer = await this.get(at);
    }
    throw new Error(`too many redirects, last to ${at}`);
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const whole = new URL(url, this.#gate.origin);
    const cookie = [...this.#cookies]
      .filter(
        ([, one]) =>
          whole.pathname === one.path ||
          whole.pathname.startsWith(one.path.endsWith("/") ? one.path : `${one.path}/`),
      )
      .map(([name, one]) => `${name}=${one.value}`)
      .join("; ");
    const answer = await this.#gate.fetch(whole.href, {
      ...init,
      headers: {
        ...(init.headers as Record<string, string>),
        ...(cookie === "" ? {} : { Cookie: cookie }),
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split(";").map((part) => part.trim());
      const [name = "", ...rest] = pair.split("=");
      const path = attributes.find((one) => one.toLowerCase().startsWith("path="))?.slice(5) ?? "/";
      if (rest.join("=") === "" || /expires=Thu, 01 Jan 1970/i.test(line))
        this.#cookies.delete(name);
      else this.#cookies.set(name, { value: rest.join("="), path });
    }
    return answer;
  }
}

/** The hidden token of the first form on a page. */
export const formTokenOf = (page: string): string =>
  /name="form" value="([^"]+)"/.exec(page)?.[1] ?? "";

/** Types the password where an app has sent somebody. @returns where they are sent in the end */
export async function signInAt(browser: Browser, url: string, email: string): Promise<URL> {
  const first = await browser.follow(await browser.get(url), url);
  if (first.left !== undefined) return first.left;
  const sent = await browser.post(first.url, {
    form: formTokenOf(first.page ?? ""),
    intent: "password",
    email,
    password,
  });
  const { left, page } = await browser.follow(sent, first.url);
  if (left === undefined) throw new Error(`sign-in did not end: ${page ?? ""}`);
  return left;
}
