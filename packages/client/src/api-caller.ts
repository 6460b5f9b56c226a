import type { ClockPort } from "./ports.ts";
import {
  type PortcullisProblem,
  problemCodes,
  problemOf,
  retryAfterOf,
  Unreachable,
} from "./problems.ts";
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
  /**
   * The server does it once for one key: makes an unsafe request safe to send again. Made when
   * absent; `false` sends none.
   */
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
  readonly stepUp: (
    acrValues: readonly string[],
    maxAgeSeconds: number | undefined,
  ) => Promise<boolean>;
  readonly onUpgradeNeeded: (url: string | undefined) => void;
  readonly onVersionEnded: (successor: string | undefined) => void;
}

/** By their definition the same twice as once (RFC 9110 section 9.2.2). */
const idempotent: ReadonlySet<string> = new Set([
  "GET",
  "HEAD",
  "OPTIONS",
  "QUERY",
  "PUT",
  "DELETE",
]);
const mostTries = 4;
/** Longer than this a person does not wait: the app is told instead. */
const mostWaitSeconds = 30;

/** One request that the app wants sent, however often that takes. */
interface Call {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  readonly signal: AbortSignal | undefined;
  /** Safe to send again. */
  readonly repeatable: boolean;
}

type Mended = "nonce" | "token" | "step-up";

/** What was done for a call already. */
interface Sofar {
  attempt: number;
  /** The access token that the API did not take. */
  stale: string | undefined;
  readonly mended: Set<Mended>;
}

/**
 * Sends requests with a token and a proof, and does of the refusals what the catalogue of problems
 * says.
 */
export class ApiCaller {
  readonly #options: ApiCallerOptions;

  constructor(options: ApiCallerOptions) {
    this.#options = options;
  }

  async send(path: string, options: SendOptions): Promise<Response> {
    const call = this.#callOf(path, options);
    const sofar: Sofar = { attempt: 0, stale: undefined, mended: new Set() };
    for (; ; sofar.attempt += 1) {
      const session =
        options.anonymous === true ? undefined : await this.#options.token(sofar.stale);
      const response = await this.#attempt(call, session, sofar.attempt);
      if (response === undefined) continue;
      this.#options.proofs.learn(call.url, response);
      const problem = await problemOf(response);
      if (problem === undefined) return response;
      if (!(await this.#mend(problem, call, session, sofar))) {
        this.#tell(problem);
        throw problem;
      }
    }
  }

  #callOf(path: string, options: SendOptions): Call {
    const url = new URL(path, this.#options.api);
    if (url.origin !== new URL(this.#options.api).origin)
      throw new TypeError(`${url.origin} is not the API: a token is not sent there`);
    const method = (options.method ?? "GET").toUpperCase();
    const idempotencyKey =
      idempotent.has(method) || options.idempotencyKey === false
        ? undefined
        : (options.idempotencyKey ?? crypto.randomUUID());
    const { appHeader } = this.#options;
    const { body, type } = bodyOf(options.body);
    return {
      url: url.href,
      method,
      headers: {
        Accept: "application/json",
        ...(type === undefined ? {} : { "Content-Type": type }),
        ...(appHeader === undefined ? {} : { "Portcullis-App": appHeader }),
        ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }),
        ...options.headers,
      },
      body,
      signal: options.signal,
      repeatable: idempotent.has(method) || idempotencyKey !== undefined,
    };
  }

  /** @returns undefined when the network failed, and trying again may help. @throws Unreachable */
  async #attempt(
    { body, headers, method, repeatable, signal, url }: Call,
    session: SessionRecord | undefined,
    attempt: number,
  ): Promise<Response | undefined> {
    const { clock, fetch: send, timeoutMs } = this.#options;
    const request: RequestInit = {
      method,
      redirect: "manual",
      signal: signalOf(signal, timeoutMs),
      headers: { ...headers, ...(await this.#credentials(method, url, session)) },
      ...(body === undefined ? {} : { body }),
    };
    try {
      return await send(url, request);
    } catch (fault) {
      if (signal?.aborted === true) throw fault;
      if (!isNetworkFault(fault) || !repeatable || attempt + 1 >= mostTries)
        throw new Unreachable("the API cannot be reached", fault);
      await backOff(clock, attempt, undefined);
      return undefined;
    }
  }

  /** Does what the problem asks for, each kind once. @returns whether to send the request again */
  async #mend(
    problem: PortcullisProblem,
    { repeatable }: Call,
    session: SessionRecord | undefined,
    sofar: Sofar,
  ): Promise<boolean> {
    const { code, response } = problem;
    const isNew = (kind: Mended, codes: readonly (string | undefined)[]): boolean =>
      codes.includes(code) && !sofar.mended.has(kind);
    if (isNew("nonce", [problemCodes.needsNonce])) {
      sofar.mended.add("nonce");
      return true;
    }
    if (session !== undefined && isNew("token", problemCodes.needsToken)) {
      sofar.mended.add("token");
      sofar.stale = session.accessToken;
      return true;
    }
    if (repeatable && isNew("step-up", problemCodes.needsStepUp) && (await this.#stepUp(problem))) {
      sofar.mended.add("step-up");
      sofar.stale = undefined;
      return true;
    }
    if (!repeatable || sofar.attempt + 1 >= mostTries || !isWorthWaiting(response)) return false;
    await backOff(this.#options.clock, sofar.attempt, retryAfterOf(response));
    return true;
  }

  /** Tells the app of problems that no request will pass by. */
  #tell({ code, response }: PortcullisProblem): void {
    if (code === problemCodes.needsUpgrade) this.#options.onUpgradeNeeded(linkOf(response));
    if (code === problemCodes.versionEnded)
      this.#options.onVersionEnded(linkOf(response, "successor-version"));
  }

  async #credentials(
    method: string,
    url: string,
    session: SessionRecord | undefined,
  ): Promise<Record<string, string>> {
    if (session === undefined) return {};
    if (session.tokenType === "Bearer") return { Authorization: `Bearer ${session.accessToken}` };
    return {
      Authorization: `DPoP ${session.accessToken}`,
      DPoP: await this.#options.proofs.make(method, url, session.accessToken),
    };
  }

  /** What the operation asks for stands in the challenge (RFC 9470 section 3). */
  #stepUp({ response }: PortcullisProblem): Promise<boolean> {
    const challenge = response.headers.get("www-authenticate") ?? "";
    const acr = /acr_values="([^"]*)"/.exec(challenge)?.[1];
    const maxAge = /max_age="?(\d+)"?/.exec(challenge)?.[1];
    return this.#options.stepUp(
      acr === undefined || acr === "" ? [] : acr.split(" "),
      maxAge === undefined ? undefined : Number(maxAge),
    );
  }
}

function bodyOf(body: unknown): {
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  readonly type: string | undefined;
} {
  if (body === undefined) return { body: undefined, type: undefined };
  if (typeof body === "string") return { body, type: undefined };
  if (body instanceof Uint8Array) return { body: body as Uint8Array<ArrayBuffer>, type: undefined };
  return { body: JSON.stringify(body), type: "application/json" };
}

const signalOf = (signal: AbortSignal | undefined, timeoutMs: number): AbortSignal =>
  signal === undefined
    ? AbortSignal.timeout(timeoutMs)
    : AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);

/** A server that is busy, and says that it is not so for longer than a person would wait. */
const isWorthWaiting = (response: Response): boolean =>
  (response.status === 429 || response.status === 503) &&
  (retryAfterOf(response) ?? 1) <= mostWaitSeconds;

/** The first target of a Link field (RFC 8288), of one relation or of any. */
function linkOf(response: Response, relation?: string): string | undefined {
  const links = [...(response.headers.get("link") ?? "").matchAll(/<([^>]*)>([^,]*)/g)];
  const found =
    relation === undefined ? links[0] : links.find(([, , rest]) => rest?.includes(relation));
  return found?.[1];
}
