import { hash } from "node:crypto";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { Check } from "../check.ts";
import { problems } from "./problems.ts";
import { TwoGenerations } from "./two-generations.ts";

/** What the token endpoint has answered, or why there is no token. */
export type Exchanged =
  | { readonly token: string; readonly lifeSeconds: number }
  /** It has answered, and gives no token. */
  | { readonly refused: string }
  /** It could not be asked. */
  | { readonly failed: string };

/** Asks a token endpoint for the backend's token in place of the caller's (RFC 8693). Never rejects. */
export type AskExchange = (token: string) => Promise<Exchanged>;

const mostRemembered = 20_000;
const mostAsking = 1000;
const mostMs = 3_600_000;
/** A token that ends on its way to the backend is of no use. */
const earlierMs = 5000;
/** Who is refused is refused again: the endpoint need not say so at every request. */
const refusedMs = 5000;

/**
 * Tokens for the backend, each remembered until it ends or the one that it was given for does. One
 * question for each credential is under way at a time.
 */
export class ExchangedTokens {
  readonly #ask: AskExchange;
  readonly #known = new TwoGenerations<{
    readonly said: string | Refusal;
    readonly untilMs: number;
  }>(mostRemembered);
  readonly #asking = new Map<string, Promise<string | Refusal>>();

  constructor(ask: AskExchange) {
    this.#ask = ask;
  }

  /** @param endsAtMs when the credential itself ends */
  find(
    credential: string,
    nowMs: number,
    endsAtMs: number,
  ): string | Refusal | Promise<string | Refusal> {
    const key = hash("sha256", credential, "base64url");
    const known = this.#known.get(key);
    if (known !== undefined && nowMs < known.untilMs) return known.said;
    const underWay = this.#asking.get(key);
    if (underWay !== undefined) return underWay;
    if (this.#asking.size >= mostAsking) return unavailable("too many tokens are being exchanged");
    const asking = this.#exchange(key, credential, nowMs, endsAtMs).finally(() =>
      this.#asking.delete(key),
    );
    this.#asking.set(key, asking);
    return asking;
  }

  async #exchange(
    key: string,
    credential: string,
    nowMs: number,
    endsAtMs: number,
  ): Promise<string | Refusal> {
    const told = await this.#ask(credential);
    if ("failed" in told) return unavailable(told.failed);
    if ("refused" in told) {
      const said = refuse(problems["exchange-refused"], { detail: told.refused });
      this.#known.set(key, { said, untilMs: nowMs + refusedMs });
      return said;
    }
    const lifeMs = Math.min(told.lifeSeconds * 1000 - earlierMs, mostMs);
    this.#known.set(key, { said: told.token, untilMs: Math.min(nowMs + lifeMs, endsAtMs) });
    return told.token;
  }
}

const unavailable = (detail: string): Refusal =>
  refuse(problems["exchange-unavailable"], { detail, retryAfterSeconds: 2 });

/**
 * Has the backend sent a token of its own in place of the caller's. Where there is none, the request
 * is refused; where that is only observed, it goes on with the caller's credential: without one the
 * backend would take it for somebody who is not signed in.
 */
export function compileExchange(
  bySource: ReadonlyMap<string, ExchangedTokens>,
): Check<"caller" | "exchanging"> {
  return ({ caller, exchanging, receivedAtMs }) => {
    if (exchanging === undefined || caller === undefined) return undefined;
    const { credential, replaceBy, source } = exchanging;
    const endsAtMs = caller.expiresAtSeconds * 1000;
    const said = bySource.get(source)?.find(credential, receivedAtMs, endsAtMs);
    const take = (token: string | Refusal | undefined): Refusal | undefined => {
      if (token === undefined) return unavailable("the source exchanges no tokens");
      if (typeof token !== "string") return token;
      replaceBy(token);
      return undefined;
    };
    return said instanceof Promise ? said.then(take) : take(said);
  };
}
