import { AsyncLocalStorage } from "node:async_hooks";
import type { AdapterPayload } from "oidc-provider";
import type { Family } from "./family-token.ts";
import type { AccountRecord } from "../store/accounts.ts";

/**
 * What one request wants changed. All of it is done in one transaction before the answer is
 * written, or none.
 */
export type Write =
  | {
      readonly do: "put";
      readonly model: string;
      readonly id: string;
      readonly payload: AdapterPayload;
      readonly expiresAtMs: number | undefined;
    }
  | { readonly do: "spend"; readonly model: string; readonly id: string }
  | { readonly do: "remove"; readonly model: string; readonly id: string }
  | { readonly do: "end"; readonly model: string; readonly grantRef: string };

export type WriteOf<D extends Write["do"]> = Extract<Write, { readonly do: D }>;

/** A family of refresh tokens in a request. */
export interface FamilyUnderway extends Family {
  /** The name of its row. */
  readonly rowId: string;
  /** The generation that is live in the store; undefined: the family is begun here. */
  readonly from: number | undefined;
  /** The restoration for which a later token was taken; 0 where none was. */
  readonly adoptedAtMs: number;
}

/**
 * A refresh token or code that was presented in this request, and the record that will be spent for
 * it.
 */
export interface Presented {
  readonly model: "RefreshToken" | "AuthorizationCode";
  /** As sent: opens the receipt, and is written down nowhere. */
  readonly token: string;
  /** By which its answer is kept: a hash of what was sent. */
  readonly recordId: string;
  /** The row that is spent for it: the family's, or of one from before families a token's own. */
  readonly liveRecordId: string;
  readonly generation: number;
  readonly grantRef: string;
  /** Of a code: who has signed in where. */
  readonly payload: AdapterPayload;
}

export class UnitOfWork {
  readonly writes: Write[] = [];
  /**
   * Records as this request has read or changed them: a second reading could see what a neighbour
   * has done meanwhile.
   */
  readonly seen = new Map<string, AdapterPayload | undefined>();
  /** Accounts as this request has found them. */
  readonly people = new Map<string, AccountRecord | undefined>();
  /** The epoch of each account under which this request was let in. */
  readonly epochs = new Map<string, number>();
  /** Families of refresh tokens that this request reads or begins, by their grants. */
  readonly families = new Map<string, FamilyUnderway>();
  presented: Presented | undefined;
  /** A token whose successor is known to be in use came back: somebody has a copy. */
  reuse: { readonly grantRef: string } | undefined;
}

/** The unit of work of the request that is being answered. */
export const currentWork = new AsyncLocalStorage<UnitOfWork>();
