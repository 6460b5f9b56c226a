import { pathOf } from "../../address/address.ts";
import type { Change } from "../../address/address.ts";

/** What somebody can be found by. */
export const callerKinds = ["person", "email", "device", "session", "address", "trace"] as const;
export type CallerKind = (typeof callerKinds)[number];

/** What records can name; the others are found elsewhere. */
export const recordedKinds = ["person", "device", "address"] as const;
export type RecordedKind = (typeof recordedKinds)[number];

/** What `GET /records` and records themselves call them. */
export const fieldOf = { person: "subject", device: "device", address: "address" } as const;

export const kindOf = (asked: string | undefined): CallerKind =>
  callerKinds.find((kind) => kind === asked) ?? "person";
export const isRecorded = (kind: CallerKind): kind is RecordedKind =>
  recordedKinds.some((one) => one === kind);

/** The card of somebody. */
export const callerAt = (kind: CallerKind, name: string): Change => ({
  path: pathOf("callers", name),
  more: kind === "person" ? {} : { by: kind },
});

const pseudonymForm = /^[A-Za-z0-9_-]{22}$/;

/**
 * Whether this is the word that stands in records for somebody, rather than their name. An account's
 * id may look like one: then records of them are found that hold another word.
 *
 * @param recorded what the records that were found hold
 */
export const isPseudonym = (value: string, recorded: readonly string[]): boolean =>
  value.startsWith("~") ||
  (pseudonymForm.test(value) && (recorded.length === 0 || recorded.includes(value)));
