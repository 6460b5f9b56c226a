import type { Finding, FindingAt, Words } from "../control.ts";
import { foldName, isBelieved, isOfOneConnection, isOwn } from "./field-namespaces.ts";
import { headerActions } from "./header-actions.ts";
import type { OperationFields, ProtocolPlan } from "./plan.ts";

const kinds = {
  heldBack:
    "[declare|declares] a header field that is never passed on from a caller, because backends believe it " +
    "(headers.accept passes it on from trusted proxies)",
  twoSpellings:
    "[declare|declares] header fields whose names are one to servers that fold them, so that only one of " +
    "them may be sent",
} as const;

/** The last: another spelling of a field that the gate reads. */
const heldBackBy: readonly ((fold: string) => boolean)[] = [
  isBelieved,
  isOfOneConnection,
  isOwn,
  (fold) => headerActions.has(fold),
];

function findings(
  { declared }: OperationFields,
  { name }: FindingAt,
  { accepted, read }: ProtocolPlan,
): readonly Finding[] {
  const passed = new Set([...accepted, ...read].map((one) => one.toLowerCase()));
  const isHeldBack = (field: string): boolean => {
    const fold = foldName(field);
    if (passed.has(field) || (field === fold && headerActions.has(fold))) return false;
    return heldBackBy.some((is) => is(fold));
  };
  const folds = declared.map(foldName);
  return [
    ...declared
      .filter(isHeldBack)
      .map((field) => ({ kind: kinds.heldBack, what: `${name} ${field}` })),
    ...declared
      .filter((_, index) => folds.indexOf(folds[index] as string) !== index)
      .map((field) => ({ kind: kinds.twoSpellings, what: `${name} ${field}` })),
  ];
}

export const words: Words<ProtocolPlan, OperationFields> = { findings };
