import { type Address, addressOf, hrefOf, withinApi } from "./address.ts";
import type { ClockPort, Fetch } from "./ports.ts";
import {
  type PortcullisProblem,
  problemCodes,
  problemOf,
  retryAfterOf,
  type SentRequest,
  Unknown,
  Unreachable,
} from "./problems.ts";
import type { Proofs } from "./proof.ts";
import { backOff, wasNeverSent } from "./retry.ts";
import type { SessionRecord } from "./session-record.ts";
import { reasonOf, timedFetch } from "./timed-fetch.ts";
import { isKeptBack, isWrite, leavesOpen } from "./written-once.ts";

export interface SendOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Anything that is no string or bytes is sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Send without a token, even when somebody is signed in. */
  readonly anonymous?: boolean;
  /**
   * Sent as Idempotency-Key, for backends that keep such keys. The app keeps it with what it wants
   * done; none is made up, and a write is not sent again because of it.
   */
  readonly idempotencyKey?: string;
}

export interface ApiCallerOptions {
  readonly api: string;
  readonly appHeader: string | undefined;
  readonly clock: ClockPort;
  readonly fetch: Fetch;
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
  readonly idempotencyKey: string | undefined;
  /** It may do something, and so is sent once. */
  readonly isWrite: boolean;
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
  readonly #api: Address;

  constructor(options: ApiCallerOptions) {
    this.#options = options;
    this.#api = addressOf(options.api);
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
      if (call.isWrite && leavesOpen(response, problem))
        throw new Unknown(this.#sent(call), problem ?? { response });
      if (problem === undefined) return response;
      if (!(await this.#mend(problem, call, session, sofar))) {
        this.#tell(problem);
        throw problem;
      }
    }
  }

  #callOf(path: string, options: SendOptions): Call {
    const { appHeader } = this.#options;
    const { idempotencyKey, signal } = options;
    const method = (options.method ?? "GET").toUpperCase();
    const { body, type } = bodyOf(options.body);
    return {
      url: hrefOf(withinApi(path, this.#api)),
      method,
      headers: {
        Accept: "application/json",
        ...(type === undefined ? {} : { "Content-Type": type }),
        ...(appHeader === undefined ? {} : { "Portcullis-App": appHeader }),
        ...(idempotencyKey === undefined ? {} : { "Idempotency-Key": idempotencyKey }),
        ...options.headers,
      },
      body,
      signal,
      idempotencyKey,
      isWrite: isWrite(method),
    };
  }

  #sent({ body, idempotencyKey, method, url }: Call): SentRequest {
    return { method, url, body, idempotencyKey, at: this.#options.proofs.now() };
  }

  /**
   * @returns undefined when the network failed, and trying again is safe and may help
   * @throws Unreachable; Unknown for a write that may have arrived; the caller's own reason
   */
  async #attempt(
    call: Call,
    session: SessionRecord | undefined,
    attempt: number,
  ): Promise<Response | undefined> {
    const { body, method, signal, url } = call;
    const { clock, fetch: send, timeoutMs } = this.#options;
    const headers = { ...call.headers, ...(await this.#credentials(method, url, session)) };
    // Up to here nothing was sent, and below nobody can tell.
    throwIfGivenUp(signal);
    const request = { method, headers, ...(body === undefined ? {} : { body }) };
    try {
      return await timedFetch(send, url, request, timeoutMs, signal);
    } catch (fault) {
      if (call.isWrite && !wasNeverSent(fault)) throw new Unknown(this.#sent(call), fault);
      throwIfGivenUp(signal);
      if (attempt + 1 >= mostTries) throw new Unreachable("the API cannot be reached", fault);
      await backOff(clock, attempt, undefined);
      return undefined;
    }
  }

  /** Does what the problem asks for, each kind once. @returns whether to send the request again */
  async #mend(
    problem: PortcullisProblem,
    call: Call,
    session: SessionRecord | undefined,
    sofar: Sofar,
  ): Promise<boolean> {
    const { code, response } = problem;
    if (call.isWrite && !isKeptBack(problem)) return false;
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
    if (isNew("step-up", problemCodes.needsStepUp) && (await this.#stepUp(problem))) {
      sofar.mended.add("step-up");
      sofar.stale = undefined;
      return true;
    }
    if (sofar.attempt + 1 >= mostTries || !isWorthWaiting(response)) return false;
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

function throwIfGivenUp(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw reasonOf(signal);
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
