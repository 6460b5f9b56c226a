import { AsyncLocalStorage } from "node:async_hooks";
import type { AdapterPayload } from "oidc-provider";
import type { Tables } from "../store/tables.ts";

export type RecordRow = Tables["oidc_records"];

/** What one request wants changed. All of it is done in one transaction before the answer is written, or none. */
export type Write =
  | { readonly do: "put"; readonly model: string; readonly id: string; readonly payload: AdapterPayload; readonly expiresAtMs: number | null }
  | { readonly do: "spend"; readonly model: string; readonly id: string }
  | { readonly do: "remove"; readonly model: string; readonly id: string }
  | { readonly do: "end"; readonly model: string; readonly grantRef: string };

/** A refresh token or code that was presented in this request, and the row that will be spent for it. */
export interface Presented {
  readonly model: "RefreshToken" | "AuthorizationCode";
  /** As sent: opens the receipt, and is written down nowhere. */
  readonly token: string;
  readonly rowId: string;
  /** The row that is live: the same, or its successor that was never seen in use. */
  readonly liveRowId: string;
  readonly generation: number;
  readonly grantRef: string;
}

export class UnitOfWork {
  readonly writes: Write[] = [];
  /** Rows as this request has read or changed them: a second reading could see what a neighbour has done meanwhile. */
  readonly seen = new Map<string, AdapterPayload | undefined>();
  presented: Presented | undefined;
  /** A token whose successor is known to be in use came back: somebody has a copy. */
  reuse: { readonly grantRef: string } | undefined;
}

export const currentWork = new AsyncLocalStorage<UnitOfWork>();
