import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { resolveProperty } from "../../policy/schema-property.ts";
import type { keys } from "./policy.ts";

/** Kinds by schema and property; undefined when no rule asks what was shown. */
export type ProvenancePlan = Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;

/** Where answers show ids of objects. */
export function planProvenance(
  { provenance }: PolicyOf<typeof keys & CoreKeys>,
  context: JoinContext,
): ProvenancePlan {
  if (provenance === undefined) return undefined;
  if (!context.identified)
    context.note(["provenance"], "ids are shown to signed-in callers, and no issuer is named", {
      expected: "identity: { issuer: https://..., audience: ... }",
    });
  const shown: Record<string, Record<string, string>> = {};
  for (const [kind, { properties }] of Object.entries(provenance))
    properties.forEach((written, at) => {
      const place = ["provenance", kind, "properties", String(at)];
      const found = resolveProperty(written, place, context);
      if (found !== undefined) (shown[found.schema] ??= {})[found.property] = kind;
    });
  return shown;
}
