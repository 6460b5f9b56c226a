import { addressOf, hrefOf } from "./address.ts";
import { type IssuerMetadata, metadataOf } from "./issuer-answers.ts";
import type { ClockPort, Fetch, FetchRequest } from "./ports.ts";
import { retryAfterOf, Unreachable } from "./problems.ts";
import type { Proofs } from "./proof.ts";
import { backOff } from "./retry.ts";
import { timedFetch } from "./timed-fetch.ts";

export interface IssuerRequestOptions {
  readonly issuer: string;
  readonly clock: ClockPort;
  readonly fetch: Fetch;
  readonly proofs: Proofs;
  readonly timeoutMs: number;
}

/** What the issuer has answered, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Response["headers"];
  /** undefined where it is no JSON object. */
  readonly body: Readonly<Record<string, unknown>> | undefined;
}

const mostTries = 4;

/** Requests to the authorization server: sent again where that is safe and may help. */
export class IssuerRequests {
  readonly #options: IssuerRequestOptions;
  #metadata: Promise<IssuerMetadata> | undefined;

  constructor(options: IssuerRequestOptions) {
    this.#options = options;
  }

  /**
   * Posts a form. Tries again where trying again is safe and may help.
   *
   * @param bound sent with a proof of possession
   * @returns the answer of the last try @throws Unreachable
   */
  async post(url: string, body: string, bound: boolean, tries = mostTries): Promise<Answer> {
    const { clock, proofs } = this.#options;
    let nonceTaken = false;
    for (let attempt = 0; ; attempt += 1) {
      const isLast = attempt + 1 >= tries;
      const response = await this.#send(url, body, bound, isLast);
      if (response === undefined) {
        await backOff(clock, attempt, undefined);
        continue;
      }
      proofs.learn(url, response);
      if (tries > 1 && (response.status === 429 || response.status >= 500)) {
        if (isLast) throw new Unreachable(`the issuer answered ${response.status}`);
        await backOff(clock, attempt, retryAfterOf(response));
        continue;
      }
      const answer = await this.#read(response, isLast);
      // RFC 9449 section 8: the proof is to be made again with the nonce of this answer.
      const asksForNonce = response.status >= 400 && answer?.body?.["error"] === "use_dpop_nonce";
      if (answer !== undefined && (nonceTaken || !asksForNonce)) return answer;
      nonceTaken ||= asksForNonce;
    }
  }

  /** @returns undefined when the network failed, and it was not the last try. @throws Unreachable */
  async #send(
    url: string,
    body: string,
    bound: boolean,
    isLast: boolean,
  ): Promise<Response | undefined> {
    const { fetch: send, proofs, timeoutMs } = this.#options;
    const request: Omit<FetchRequest, "redirect"> = {
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Accept: "application/json",
        ...(bound ? { DPoP: await proofs.make("POST", url) } : {}),
      },
      body,
    };
    try {
      return await timedFetch(send, url, request, timeoutMs);
    } catch (fault) {
      if (isLast) throw new Unreachable("the issuer cannot be reached", fault);
      return undefined;
    }
  }

  /** @returns undefined when the connection broke within the answer. @throws Unreachable */
  async #read(response: Response, isLast: boolean): Promise<Answer | undefined> {
    const { headers, status } = response;
    try {
      return { status, headers, body: objectOf(await response.text()) };
    } catch (fault) {
      if (isLast) throw new Unreachable("the issuer's answer broke off", fault);
      return undefined;
    }
  }

  /** The metadata of the issuer, asked for once. @throws Unreachable */
  discover(): Promise<IssuerMetadata> {
    const { fetch: send, issuer, timeoutMs } = this.#options;
    this.#metadata ??= (async () => {
      try {
        const expected = addressOf(issuer);
        const response = await timedFetch(
          send,
          `${hrefOf(expected).replace(/\/$/, "")}/.well-known/openid-configuration`,
          { method: "GET", headers: { Accept: "application/json" } },
          timeoutMs,
        );
        if (response.status !== 200) throw new Error(`the issuer answered ${response.status}`);
        return metadataOf(expected, objectOf(await response.text()));
      } catch (fault) {
        this.#metadata = undefined;
        throw new Unreachable("the issuer cannot be reached", fault);
      }
    })();
    return this.#metadata;
  }
}

function objectOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}
