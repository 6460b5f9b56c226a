import type { CoreKeys } from "../../policy/core-keys.ts";
import type { JoinContext } from "../../policy/join-context.ts";
import { noteClaimSource } from "../../policy/claim-source.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { resolveProperty } from "../../policy/schema-property.ts";
import { nearest } from "../../reading/nearest-name.ts";
import type { keys } from "./policy.ts";

type Policy = PolicyOf<typeof keys & CoreKeys>;
type Rule = NonNullable<Policy["sealedIds"]>[string];

/** The mark of a property that holds a link to the API: every id in it is sealed as its own kind. */
export const linkMark = "~link";

/** Object ids that leave sealed to their reader and come back opened. */
export interface SealedPlan {
  /** Kinds of objects by the name of the path or query parameter that holds their id. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Kinds by schema and property. */
  readonly marks: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly kinds: Readonly<Record<string, KindPlan>>;
}

export interface KindPlan {
  /** The claim of the reader's token that handles are bound to. */
  readonly to: string;
  /** App versions that may still send raw ids. */
  readonly rawFor: string | undefined;
}

/** Where ids leave sealed and come back; undefined where the policy seals none. */
export function planSealedIds({ sealedIds }: Policy, context: JoinContext): SealedPlan | undefined {
  if (sealedIds === undefined) return undefined;
  if (!context.identified)
    context.note(["sealedIds"], "ids are sealed to signed-in callers, and no issuer is named", {
      expected: "identity: { issuer: https://..., audience: ... }",
    });
  const parameters: Record<string, string> = {};
  const marks: Record<string, Record<string, string>> = {};
  const kinds: Record<string, KindPlan> = {};
  const known = knownParameters(context);
  for (const [kind, rule] of Object.entries(sealedIds)) {
    if (rule.to !== undefined) noteClaimSource(rule.to, ["sealedIds", kind, "to"], context, false);
    kinds[kind] = { to: rule.to ?? "token.sub", rawFor: rule.rawFor?.app };
    addParameters(kind, rule, parameters, known, context);
    addMarks(kind, kind, "properties", rule.properties, marks, context);
    addMarks(kind, linkMark, "links", rule.links, marks, context);
    if ((rule.parameters ?? []).length === 0 || (rule.properties ?? []).length === 0)
      context.note(["sealedIds", kind], `ids of '${kind}' leave or come back, but not both`, {
        expected: "parameters and properties, so that what was sealed can be opened",
      });
  }
  return { parameters, marks, kinds };
}

function knownParameters({ documents }: JoinContext): readonly string[] {
  const names = documents
    .flatMap(({ operations }) => operations.flatMap((operation) => operation.parameters))
    .flatMap(({ in: location, name }) =>
      location === "path" || location === "query" ? [name] : [],
    );
  return [...new Set(names)];
}

function addParameters(
  kind: string,
  rule: Rule,
  parameters: Record<string, string>,
  known: readonly string[],
  { note }: JoinContext,
): void {
  rule.parameters?.forEach((name, at) => {
    const place = ["sealedIds", kind, "parameters", String(at)];
    const meant = nearest(name, known);
    if (!known.includes(name))
      note(
        place,
        `no operation has a path or query parameter '${name}'`,
        meant === undefined ? {} : { mend: `Did you mean '${meant}'?` },
      );
    if (Object.hasOwn(parameters, name))
      note(place, `'${name}' is already an id of '${parameters[name]}'`);
    parameters[name] = kind;
  });
}

function addMarks(
  kind: string,
  mark: string,
  key: "properties" | "links",
  written: readonly string[] | undefined,
  marks: Record<string, Record<string, string>>,
  context: JoinContext,
): void {
  written?.forEach((one, at) => {
    const found = resolveProperty(one, ["sealedIds", kind, key, String(at)], context);
    if (found !== undefined) (marks[found.schema] ??= {})[found.property] = mark;
  });
}
