import type { NoteFault } from "@portcullis/guard/policy";

/** The part of the policy that says what is counted for days, months and lifetimes, and where. */
export interface QuotaPolicy {
  readonly store?: string;
  /** Undefined or `memory`: this node counts alone. */
  readonly state?: unknown;
  readonly operations?: readonly {
    readonly limits?: readonly OfCalendar[];
  }[];
}

interface OfCalendar {
  readonly quota?: unknown;
  readonly bytes?: unknown;
  readonly most?: unknown;
}

/** The key that says what is counted for days, months and lifetimes; undefined where nothing is. */
function keyOf({ bytes, most, quota }: OfCalendar): string | undefined {
  if (quota !== undefined && quota !== "none") return "quota";
  const isOfCalendar = (amount: unknown): boolean =>
    typeof amount === "object" && amount !== null && "quota" in amount;
  return isOfCalendar(bytes) ? "bytes" : isOfCalendar(most) ? "most" : undefined;
}

/** A quota that is forgotten at the next start, or that each node has for itself, is none. */
export function noteUnkeptQuotas(
  { operations = [], state = "memory", store }: QuotaPolicy,
  note: NoteFault,
): void {
  const isShared = state !== "memory";
  if (store !== undefined && (!isShared || /^postgres(?:ql)?:/.test(store))) return;
  for (const [index, { limits = [] }] of operations.entries())
    for (const [at, limit] of limits.entries()) {
      const key = keyOf(limit);
      if (key === undefined) continue;
      const place = ["operations", String(index), "limits", String(at), key];
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
