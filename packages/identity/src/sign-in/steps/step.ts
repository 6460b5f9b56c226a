import type { Account } from "../../people/accounts.ts";
import type { Pending } from "../sign-in-parts.ts";
import type { Say } from "../texts/speak.ts";

/** One form that was sent, in one sign-in. */
export interface Submission {
  readonly intent: string;
  readonly field: (name: string) => string;
  readonly pending: Pending;
  /** The sign-in's own name: codes are bound to it. */
  readonly attempt: string;
  /** The caller's network. */
  readonly network: string;
  readonly knownCookie: string | undefined;
  /**
   * The device whose key the caller has proved to hold, where there is no browser to carry a
   * cookie.
   */
  readonly provenDevice?: string;
  /** The app asks for more than one proof. */
  readonly needsMfa: boolean;
  readonly say: Say;
}

/** What a submitted form does to a sign-in: it goes on, it does not, or it is over. */
export type Outcome =
  | { readonly next: Pending }
  | {
      readonly fault: string;
      readonly status?: number;
      readonly retryAfterSeconds?: number;
      /** Where somebody at a page can go on in place of waiting. */
      readonly instead?: Pending;
    }
  | {
      readonly signedIn: Account;
      readonly amr: readonly string[];
      readonly link?: Pending["link"];
    };

export const wrong = (say: Say): Outcome => ({ fault: say("wrong") });

export const mustWait = (say: Say, waitMs: number, instead?: Pending): Outcome => ({
  fault: say("wait", Math.ceil(waitMs / 1000)),
  status: 429,
  retryAfterSeconds: Math.ceil(waitMs / 1000),
  ...(instead === undefined ? {} : { instead }),
});
