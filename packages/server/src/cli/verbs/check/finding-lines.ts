import { findingsOf, type Plan } from "@portcullis/guard/policy";
import type { Chosen } from "./chosen.ts";

const namedUnlessAsked = 5;

/** What is understood, but perhaps not meant: a line for each kind, with the first it was found at. */
export function findingLines(plan: Plan, mostNamed = namedUnlessAsked, chosen?: Chosen): string[] {
  const byKind = new Map<string, string[]>();
  for (const { control, kind, operation, what } of findingsOf(plan)) {
    if (chosen !== undefined && !(chosen.control(control) && chosen.operation(operation))) continue;
    byKind.set(kind, [...(byKind.get(kind) ?? []), what]);
  }
  return [...byKind].map(([kind, found]) => {
    const more = found.length > mostNamed ? ", ..." : "";
    const named = found.slice(0, mostNamed).join(", ");
    return `${found.length} ${inNumber(kind, found.length)}: ${named}${more}`;
  });
}

/** `[have|has] no limit`, said of many or of one. */
const inNumber = (kind: string, count: number): string =>
  kind.replaceAll(/\[([^\]|]*)\|([^\]|]*)\]/g, (_, many: string, one: string) =>
    count === 1 ? one : many,
  );
