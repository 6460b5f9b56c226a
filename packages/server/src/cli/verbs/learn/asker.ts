import { setTimeout as sleep } from "node:timers/promises";

/** How a credential goes along with a request. */
export interface Carried {
  readonly headers: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
}

export interface AskerOptions {
  readonly upstream: string;
  /** How many requests there may be in all. */
  readonly most: number;
  /** How long it waits between two of them. */
  readonly pauseMs: number;
  readonly onAsked: (count: number) => void;
}

export interface Told {
  readonly status: number;
  readonly json: unknown;
  readonly cookies: readonly string[];
}

const timeoutMs = 10_000;
const mostBytes = 4_194_304;
const mostWaitMs = 15_000;

/**
 * Asks the backend one thing after the other, with a pause between, and never more than it may. A
 * backend that says that it is asked too much is left alone for as long as it says.
 */
export class Asker {
  readonly #options: AskerOptions;
  #asked = 0;

  constructor(options: AskerOptions) {
    this.#options = options;
  }

  get isSpent(): boolean {
    return this.#asked >= this.#options.most;
  }

  get(target: string, carried: Carried): Promise<Told> {
    const url = new URL(target, this.#options.upstream);
    for (const [name, value] of Object.entries(carried.query)) url.searchParams.set(name, value);
    return this.#ask(url, { headers: { Accept: "application/json", ...carried.headers } });
  }

  post(target: string, body: unknown): Promise<Told> {
    return this.#ask(new URL(target, this.#options.upstream), {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  async #ask(url: URL, init: RequestInit, again = 2): Promise<Told> {
    if (this.#asked > 0) await sleep(this.#options.pauseMs);
    this.#asked += 1;
    this.#options.onAsked(this.#asked);
    const response = await fetch(url, {
      ...init,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const { headers, status } = response;
    if ((status === 429 || status === 503) && again > 0 && !this.isSpent) {
      await response.body?.cancel();
      const seconds = Number(headers.get("retry-after") ?? 1) || 1;
      await sleep(Math.min(seconds * 1000, mostWaitMs));
      return this.#ask(url, init, again - 1);
    }
    return { status, json: await readJson(response), cookies: headers.getSetCookie() };
  }
}

async function readJson(response: Response): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > mostBytes) return undefined;
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString()) as unknown;
  } catch {
    return undefined;
  }
}
