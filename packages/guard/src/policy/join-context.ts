import type { ApiDocument, Fault, Operation, SchemaRegistry } from "../document/api-document.ts";
import type { BackendReading } from "./backend-reading.ts";
import type { EntryOf } from "./keys.ts";

export type PolicyPath = readonly string[];

/** How a fault may be mended, and whether it keeps the policy from serving. */
export type FaultRest = Pick<Fault, "expected" | "mend"> & {
  readonly severity?: Fault["severity"];
};

/** Names a fault at a place of the policy. */
export type NoteFault = (path: PolicyPath, message: string, rest?: FaultRest) => void;

/** An entry of `operations` that selects an operation, how closely, and where it stands. */
export interface EntryAt<K> {
  readonly entry: EntryOf<K>;
  readonly index: number;
  readonly closeness: Closeness;
}

/**
 * How closely a match names what it selects. Of two entries that say the same key, the closer one
 * wins, then the later.
 */
export type Closeness = 0 | 1 | 2 | 3 | 4;

/** What a control may ask while its part of the policy is joined to the documents. */
export interface JoinContext {
  readonly note: NoteFault;
  /** The documents of the policy, in the order of `apis`. */
  readonly documents: readonly ApiDocument[];
  /** How the backends of each read. */
  readonly readings: readonly BackendReading[];
  /** Every operation, the built-in issuer's too. */
  readonly operations: readonly Operation[];
  /** The schemas of the document that an operation stands in. */
  readonly schemasOf: (operation: Operation) => SchemaRegistry;
  /**
   * Names of one kind that the policy knows, such as roles; undefined where the policy does not
   * list them, so that any name may be right.
   */
  readonly namesOf: (kind: string) => readonly string[] | undefined;
  /** Whether tokens can be verified at all: the policy names an issuer. */
  readonly identified: boolean;
}

/** What the closest entry says of one key, and which entry that is. */
export function closestOf<E, K extends keyof E>(
  entries: readonly { readonly entry: E; readonly index: number }[],
  key: K,
): { readonly value: NonNullable<E[K]>; readonly index: number } | undefined {
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const { entry, index } = entries[at] as (typeof entries)[number];
    const value = entry[key];
    if (value !== undefined && value !== null) return { value, index };
  }
  return undefined;
}
