import * as oauth from "oauth4webapi";
import type { ClockPort } from "./ports.ts";
import { retryAfterOf, Unreachable } from "./problems.ts";
import type { Proofs } from "./proof.ts";
import { backOff, isNetworkFault } from "./retry.ts";

export interface IssuerRequestOptions {
  readonly issuer: string;
  readonly clock: ClockPort;
  readonly fetch: typeof fetch;
  readonly proofs: Proofs;
  readonly timeoutMs: number;
}

const mostTries = 4;

/** Requests to the authorization server: sent again where that is safe and may help. */
export class IssuerRequests {
  readonly #options: IssuerRequestOptions;
  #metadata: Promise<oauth.AuthorizationServer> | undefined;

  constructor(options: IssuerRequestOptions) {
    this.#options = options;
  }

  /**
   * Posts a form. Tries again where trying again is safe and may help.
   *
   * @param bound sent with a proof of possession
   * @returns the answer of the last try @throws Unreachable
   */
  async post(
    url: string,
    body: URLSearchParams,
    bound: boolean,
    tries = mostTries,
  ): Promise<Response> {
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
      if (nonceTaken || !(await asksForNonce(response))) return response;
      nonceTaken = true;
    }
  }

  /** @returns undefined when the network failed, and it was not the last try. @throws Unreachable */
  async #send(
    url: string,
    body: URLSearchParams,
    bound: boolean,
    isLast: boolean,
  ): Promise<Response | undefined> {
    const { fetch: send, proofs, timeoutMs } = this.#options;
    try {
      return await send(url, {
        method: "POST",
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
        headers: {
          "Content-Type": "application/x-www-form-urlencoded",
          Accept: "application/json",
          ...(bound ? { DPoP: await proofs.make("POST", url) } : {}),
        },
        body: body.toString(),
      });
    } catch (fault) {
      if (!isNetworkFault(fault) || isLast)
        throw new Unreachable("the issuer cannot be reached", fault);
      return undefined;
    }
  }

  /** The metadata of the issuer, asked for once. @throws Unreachable */
  discover(): Promise<oauth.AuthorizationServer> {
    const { fetch: send, issuer, timeoutMs } = this.#options;
    this.#metadata ??= (async () => {
      try {
        const address = new URL(issuer);
        const response = await send(
          `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
          {
            headers: { Accept: "application/json" },
            redirect: "manual",
            signal: AbortSignal.timeout(timeoutMs),
          },
        );
        return await oauth.processDiscoveryResponse(address, response);
      } catch (fault) {
        this.#metadata = undefined;
        throw new Unreachable("the issuer cannot be reached", fault);
      }
    })();
    return this.#metadata;
  }
}

/** RFC 9449 section 8: the proof is to be made again with the nonce of this answer. */
async function asksForNonce(response: Response): Promise<boolean> {
  if (response.status < 400) return false;
  const body = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { readonly error?: unknown } | null;
  return body?.error === "use_dpop_nonce";
}
