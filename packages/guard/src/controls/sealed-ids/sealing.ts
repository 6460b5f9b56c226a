import type { PathTemplate } from "../../document/path-template.ts";
import { notYours } from "../../facts/absent.ts";
import { readRange } from "../../facts/app.ts";
import { type ClaimOf, compileClaim } from "../../facts/caller.ts";
import type { Facts } from "../../facts/facts.ts";
import type { Refusal } from "../../facts/refusal.ts";
import type { IdSealer } from "./id-sealer.ts";
import type { SealedPlan } from "./plan.ts";

/** For whom an id is sealed or opened. */
export type ReaderFacts = Readonly<Pick<Facts, "app" | "caller">>;

/** Sealed ids of the whole plan, with what opens and seals them. */
export interface Sealing {
  readonly plan: SealedPlan;
  readonly sealer: IdSealer;
  /** Whether the caller's app version may still send raw ids of this kind. */
  readonly rawAllowed: (kind: string, known: ReaderFacts) => boolean;
  /** Finds the path template of any operation that a link leads to, with its raw segments. */
  readonly templateOf: (path: string, parameters: string[]) => PathTemplate | undefined;
  /**
   * For whom: the value of the kind's claim; nobody in particular where nobody signed in; undefined
   * where the token does not say.
   */
  readonly readerOf: (kind: string, known: ReaderFacts) => string | undefined;
}

export function compileSealing(
  plan: SealedPlan,
  sealer: IdSealer,
  templateOf: Sealing["templateOf"],
): Sealing {
  const kinds = new Map<
    string,
    { readonly claim: ClaimOf; readonly fits: ReturnType<typeof readRange> }
  >(
    Object.entries(plan.kinds).map(([kind, { rawFor, to }]) => [
      kind,
      { claim: compileClaim(to), fits: rawFor === undefined ? undefined : readRange(rawFor) },
    ]),
  );
  return {
    plan,
    sealer,
    templateOf,
    rawAllowed: (kind, { app }) =>
      app !== undefined && kinds.get(kind)?.fits?.(app.numbers) === true,
    readerOf(kind, { caller }) {
      if (caller === undefined) return "";
      const reader = kinds.get(kind)?.claim(caller);
      if (reader === undefined) return undefined;
      // Two sources may give one name to two people: neither reads what was sealed to the other.
      return caller.key === caller.subject ? `=${reader}` : `=${caller.source}/${reader}`;
    },
  };
}

export const notOpened = (what: string): Refusal =>
  notYours(`the sealed id of ${what} does not open for this caller`);

/** What stands in one place, opened: the id, the raw id where it is allowed, or the refusal. */
export function openOne(
  sealing: Sealing,
  known: ReaderFacts,
  kind: string,
  text: string,
  what: string,
): { readonly id: string | number } | Refusal {
  const reader = sealing.readerOf(kind, known);
  if (reader === undefined) return notOpened(what);
  const id = sealing.sealer.open(kind, reader, text);
  if (id !== undefined) return { id };
  return sealing.rawAllowed(kind, known) ? { id: text } : notOpened(what);
}
