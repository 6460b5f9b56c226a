import type { ChallengeAnswer, IssuerClient, SignInWishes } from "./issuer.ts";
import { SignInFailed } from "./problems.ts";
import type { PendingSignIn, SessionRecord } from "./session-record.ts";

/**
 * What the app asks the person for: the code of an authenticator app (or a recovery code), of a
 * mail, or of a text message.
 */
export type NextProof = "password" | "otp" | "mailed-code" | "texted-code";

export type NativeOutcome =
  | { readonly status: "signed-in" }
  /**
   * One more proof is asked for. `fault`: what was given did not do, in words for the person;
   * `retryAfterMs`: not before.
   */
  | {
      readonly status: "more";
      readonly next: NextProof;
      readonly fault?: string;
      readonly retryAfterMs?: number;
      readonly answer: (proof: string) => Promise<NativeOutcome>;
    }
  /** What comes next needs the browser: call `signIn`. */
  | { readonly status: "browser" };

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

const proofs: ReadonlySet<unknown> = new Set<NextProof>([
  "password",
  "otp",
  "mailed-code",
  "texted-code",
]);

/** Sign-in on the app's own screens, step by step (OAuth 2.0 for First-Party Applications). */
export class NativeSignIn {
  readonly #issuer: IssuerClient;
  readonly #pending: PendingSignIn;
  readonly #wishes: SignInWishes;
  readonly #username: string;
  readonly #keep: (tokens: Omit<SessionRecord, "generation">) => Promise<void>;

  constructor(
    issuer: IssuerClient,
    redirectUri: string,
    username: string,
    wishes: SignInWishes,
    keep: (tokens: Omit<SessionRecord, "generation">) => Promise<void>,
  ) {
    this.#issuer = issuer;
    this.#pending = issuer.newPending(redirectUri);
    this.#wishes = wishes;
    this.#username = username;
    this.#keep = keep;
  }

  async give(session: string | undefined, next: NextProof, proof: string): Promise<NativeOutcome> {
    const fields: Record<string, string> =
      next === "password" ? { username: this.#username, password: proof } : { otp: proof };
    return this.#follow(await this.#issuer.challenge(this.#pending, session, fields, this.#wishes));
  }

  async #follow({
    auth_session: session,
    authorization_code: code,
    error,
    error_description: words,
    next,
    retryAfterMs,
  }: ChallengeAnswer): Promise<NativeOutcome> {
    if (code !== undefined) {
      await this.#keep(await this.#issuer.redeem(code, this.#pending));
      return { status: "signed-in" };
    }
    // An app that was built before a kind of proof existed leaves it to the browser, which knows.
    if (
      error === "redirect_to_web" ||
      error === "unauthorized_client" ||
      (session !== undefined && !proofs.has(next))
    )
      return { status: "browser" };
    if (session === undefined)
      throw new SignInFailed(
        error ?? "answer-malformed",
        words ?? "the issuer did not take the request",
      );
    return {
      status: "more",
      next: next as NextProof,
      ...(error === "insufficient_authorization" || words === undefined ? {} : { fault: words }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      answer: (proof) => this.give(session, next as NextProof, proof),
    };
  }
}
