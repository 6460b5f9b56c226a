import type { NoteFault } from "@portcullis/guard/policy";

/** The part of the policy that says what is counted for days, months and lifetimes, and where. */
export interface QuotaPolicy {
  readonly store?: string;
  /** Undefined or `memory`: this node counts alone. */
  readonly state?: unknown;
  readonly operations?: readonly {
    readonly limits?: readonly { readonly quota?: unknown }[];
  }[];
}

/** A quota that is forgotten at the next start, or that each node has for itself, is none. */
export function noteUnkeptQuotas(
  { operations = [], state = "memory", store }: QuotaPolicy,
  note: NoteFault,
): void {
  const isShared = state !== "memory";
  if (store !== undefined && (!isShared || /^postgres(?:ql)?:/.test(store))) return;
  for (const [index, { limits = [] }] of operations.entries())
    for (const [at, { quota }] of limits.entries()) {
      if (quota === undefined || quota === "none") continue;
      const place = ["operations", String(index), "limits", String(at), "quota"];
      if (store === undefined)
        note(place, "a quota is kept in the store, and none is named", {
          expected: "store: ./.portcullis/portcullis.db, or postgres://user@host/database",
        });
      else
        note(place, "each node would keep this quota by itself: SQLite is a file of one node", {
          expected: "store: postgres://user@host/database, which all nodes share",
        });
    }
}
