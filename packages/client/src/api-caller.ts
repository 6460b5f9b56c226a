import type { ClockPort } from "./ports.ts";
import { type PortcullisProblem, problemCodes, problemOf, retryAfterOf, Unreachable } from "./problems.ts";
import type { Proofs } from "./proof.ts";
import { backOff, isNetworkFault } from "./retry.ts";
import type { SessionRecord } from "./session-record.ts";

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Anything that is no string or bytes is sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Send without a token, even when somebody is signed in. */
  readonly anonymous?: boolean;
  /** The server does it once for one key: makes an unsafe request safe to send again. Made when absent; `false` sends none. */
  readonly idempotencyKey?: string | false;
}

export interface ApiCallerOptions {
  readonly api: string;
  readonly appHeader: string | undefined;
  readonly clock: ClockPort;
  readonly fetch: typeof fetch;
  readonly proofs: Proofs;
  readonly timeoutMs: number;
  /** A token to send; with `stale`, another than that one. */
  readonly token: (stale: string | undefined) => Promise<SessionRecord>;
  /** @returns whether the person has signed in more strongly */
  readonly stepUp: (acrValues: readonly string[], maxAgeSeconds: number | undefined) => Promise<boolean>;
  readonly onUpgradeNeeded: (url: string | undefined) => void;
  readonly onVersionEnded: (successor: string | undefined) => void;
}

const safe: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);
/** By their definition the same twice as once (RFC 9110 section 9.2.2). */
const idempotent: ReadonlySet<string> = new Set([...safe, "PUT", "DELETE"]);
const mostTries = 4;
/** Longer than this a person does not wait: the app is told instead. */
const mostWaitSeconds = 30;

/** Sends requests with a token and a proof, and does of the refusals what the catalogue of problems says. */
export class ApiCaller {
  readonly #options: ApiCallerOptions;

  constructor(options: ApiCallerOptions) {
    this.#options = options;
  }

  async send(path: string, options: SendOptions): Promise<Response> {
    const url = new URL(path, this.#options.api);
    if (url.origin !== new URL(this.#options.api).origin) throw new TypeError(`${url.origin} is not the API: a token is not sent there`);
    const method = (options.method ?? "GET").toUpperCase();
    const idempotencyKey = idempotent.has(method) || options.idempotencyKey === false ? undefined : (options.idempotencyKey ?? crypto.randomUUID());
    const repeatable = idempotent.has(method) || idempotencyKey !== undefined;
    const { body, type } = bodyOf(options.body);
    const headers: Record<string, string> = { Accept: "application/json", ...(type === undefined ? {} : { "Content-Type": type }), ...(this.#options.appHeader === undefined ? {} : { "Portcullis-App": this.#options.appHeader }), ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }), ...options.headers };

    let stale: string | undefined;
    let [nonceTaken, renewed, steppedUp] = [false, false, false];
    for (let attempt = 0; ; attempt += 1) {
      const session = options.anonymous === true ? undefined : await this.#options.token(stale);
      const request: RequestInit = { method, redirect: "manual", signal: signalOf(options.signal, this.#options.timeoutMs), headers: { ...headers, ...(await this.#credentials(method, url.href, session)) }, ...(body === undefined ? {} : { body }) };
      let response: Response;
      try {
        response = await this.#options.fetch(url.href, request);
      } catch (fault) {
        if (options.signal?.aborted === true) throw fault;
        if (!isNetworkFault(fault) || !repeatable || attempt + 1 >= mostTries) throw new Unreachable("the API cannot be reached", fault);
        await backOff(this.#options.clock, attempt, undefined);
        continue;
      }
      this.#options.proofs.learn(url.href, response);
      const problem = await problemOf(response);
      if (problem === undefined) return response;
      const { code } = problem;
      if (code === problemCodes.needsNonce && !nonceTaken) nonceTaken = true;
      else if (session !== undefined && !renewed && (problemCodes.needsToken as readonly (string | undefined)[]).includes(code)) {
        renewed = true;
        stale = session.accessToken;
      } else if ((problemCodes.needsStepUp as readonly (string | undefined)[]).includes(code) && !steppedUp && (safe.has(method) || repeatable) && (await this.#stepUp(problem))) {
        steppedUp = true;
        stale = undefined;
      } else if ((response.status === 429 || response.status === 503) && repeatable && attempt + 1 < mostTries && (retryAfterOf(response) ?? 1) <= mostWaitSeconds) await backOff(this.#options.clock, attempt, retryAfterOf(response));
      else {
        if (code === problemCodes.needsUpgrade) this.#options.onUpgradeNeeded(linkOf(response));
        if (code === problemCodes.versionEnded) this.#options.onVersionEnded(linkOf(response, "successor-version"));
        throw problem;
      }
    }
  }

  async #credentials(method: string, url: string, session: SessionRecord | undefined): Promise<Record<string, string>> {
    if (session === undefined) return {};
    if (session.tokenType === "Bearer") return { Authorization: `Bearer ${session.accessToken}` };
    return { Authorization: `DPoP ${session.accessToken}`, DPoP: await this.#options.proofs.make(method, url, session.accessToken) };
  }

  /** What the operation asks for stands in the challenge (RFC 9470 section 3). */
  #stepUp({ response }: PortcullisProblem): Promise<boolean> {
    const challenge = response.headers.get("www-authenticate") ?? "";
    const acr = /acr_values="([^"]*)"/.exec(challenge)?.[1];
    const maxAge = /max_age="?(\d+)"?/.exec(challenge)?.[1];
    return this.#options.stepUp(acr === undefined || acr === "" ? [] : acr.split(" "), maxAge === undefined ? undefined : Number(maxAge));
  }
}

function bodyOf(body: unknown): { readonly body: string | Uint8Array<ArrayBuffer> | undefined; readonly type: string | undefined } {
  if (body === undefined) return { body: undefined, type: undefined };
  if (typeof body === "string") return { body, type: undefined };
  if (body instanceof Uint8Array) return { body: body as Uint8Array<ArrayBuffer>, type: undefined };
  return { body: JSON.stringify(body), type: "application/json" };
}

const signalOf = (signal: AbortSignal | undefined, timeoutMs: number): AbortSignal => (signal === undefined ? AbortSignal.timeout(timeoutMs) : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]));

/** The first target of a Link field (RFC 8288), of one relation or of any. */
function linkOf(response: Response, relation?: string): string | undefined {
  const links = [...(response.headers.get("link") ?? "").matchAll(/<([^>]*)>([^,]*)/g)];
  const found = relation === undefined ? links[0] : links.find(([, , rest]) => rest?.includes(relation));
  return found?.[1];
}
