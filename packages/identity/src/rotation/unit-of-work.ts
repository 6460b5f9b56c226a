import { AsyncLocalStorage } from "node:async_hooks";
import type { AdapterPayload } from "oidc-provider";
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

/**
 * A refresh token or code that was presented in this request, and the record that will be spent for
 * it.
 */
export interface Presented {
  readonly model: "RefreshToken" | "AuthorizationCode";
  /** As sent: opens the receipt, and is written down nowhere. */
  readonly token: string;
  readonly recordId: string;
  /** The record that is live: the same, or its successor that was never seen in use. */
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
  presented: Presented | undefined;
  /** A token whose successor is known to be in use came back: somebody has a copy. */
  reuse: { readonly grantRef: string } | undefined;
}

/** The unit of work of the request that is being answered. */
export const currentWork = new AsyncLocalStorage<UnitOfWork>();
