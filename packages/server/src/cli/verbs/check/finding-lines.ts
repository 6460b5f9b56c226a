import { findingsOf, type Plan } from "@portcullis/guard/policy";

const namedUnlessAsked = 5;

/** What is understood, but perhaps not meant: a line for each kind, with the first it was found at. */
export function findingLines(plan: Plan, mostNamed = namedUnlessAsked): string[] {
  const byKind = new Map<string, string[]>();
  for (const { kind, what } of findingsOf(plan))
    byKind.set(kind, [...(byKind.get(kind) ?? []), what]);
  return [...byKind].map(([kind, found]) => {
    const more = found.length > mostNamed ? ", ..." : "";
    return `${found.length} ${kind}: ${found.slice(0, mostNamed).join(", ")}${more}`;
  });
}
