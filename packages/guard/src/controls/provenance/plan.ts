import type { Marks } from "../../document/schema/marked-properties.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { resolveProperty } from "../../policy/schema-property.ts";
import { nearest } from "../../reading/nearest-name.ts";
import { type ProvenanceSize, sizeOfProvenance } from "../../state/provenance-size.ts";
import type { keys } from "./policy.ts";

type Policy = PolicyOf<typeof keys & CoreKeys>;

/** Undefined when no rule asks what was shown. */
export type ProvenancePlan =
  | {
      /** Where answers show ids of which kind. */
      readonly marks: Marks;
      /** Operations, by kind and name, whose answers show what their requests named. */
      readonly sources: Readonly<Record<string, readonly string[]>>;
      readonly memory: ProvenanceSize;
      /** Whether all nodes remember together, in Redis. */
      readonly together: boolean;
    }
  | undefined;

/** More would keep a gate from starting on most machines. */
const mostBytes = 4 * 2 ** 30;

/** Where answers show ids of objects, and how much of that is remembered. */
export function planProvenance(policy: Policy, context: JoinContext): ProvenancePlan {
  const { provenance, provenanceMemory } = policy;
  if (provenance === undefined) {
    if (provenanceMemory !== undefined)
      context.note(["provenanceMemory"], "nothing is remembered as shown", {
        expected: "kinds of objects under provenance",
      });
    return undefined;
  }
  if (!context.identified)
    context.note(["provenance"], "ids are shown to signed-in callers, and no issuer is named", {
      expected: "identity: { issuer: https://..., audience: ... }",
    });
  const together = policy.state !== undefined && policy.state !== "memory";
  const marks: Record<string, Record<string, string>> = {};
  const sources: Record<string, readonly string[]> = {};
  for (const [kind, { properties, sources: written = [] }] of Object.entries(provenance)) {
    properties.forEach((property, at) => {
      const place = ["provenance", kind, "properties", String(at)];
      const found = resolveProperty(property, place, context);
      if (found !== undefined) (marks[found.schema] ??= {})[found.property] = kind;
    });
    written.forEach((name, at) =>
      verifySource(name, ["provenance", kind, "sources", String(at)], context),
    );
    sources[kind] = written;
  }
  return { marks, sources, memory: planMemory(policy, context), together };
}

function verifySource(
  name: string,
  place: readonly string[],
  { note, operations }: JoinContext,
): void {
  const known = operations.map(({ key, operationId }) => operationId ?? key);
  if (known.includes(name)) return;
  const meant = nearest(name, known);
  note(place, `there is no operation '${name}'`, {
    expected: "an operationId, or METHOD /path where an operation has none",
    ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
  });
}

function planMemory({ provenanceMemory = {} }: Policy, { note }: JoinContext): ProvenanceSize {
  const { callers = 100_000, idsEach = 50 } = provenanceMemory;
  const mostEach = provenanceMemory.mostEach ?? Math.max(2000, idsEach);
  const size = { callers, idsEach, mostEach };
  if (mostEach < idsEach)
    note(["provenanceMemory", "mostEach"], "no caller could have as many ids as each has", {
      expected: `at least idsEach (${idsEach})`,
    });
  if (sizeOfProvenance(size).bytes > mostBytes)
    note(["provenanceMemory"], "this needs more than 4 GiB of memory", {
      mend: "Name fewer callers or ids, or keep them in Redis (state: redis://...).",
    });
  return size;
}
