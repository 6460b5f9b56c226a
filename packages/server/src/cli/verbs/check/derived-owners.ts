import { type ApiDocument, type Operation, readTemplate } from "@portcullis/guard/documents";
import { choosesNothing, type OwnerSuggestion } from "@portcullis/guard/ownership";

/** A rule that follows from what was counted at another operation. */
export interface DerivedOwner {
  readonly operation: string;
  readonly rule: string;
  /** The operation at which it was counted. */
  readonly from: string;
}

const nameOf = ({ key, operationId }: Operation): string => operationId ?? key;

/**
 * What was seen of a GET by an id holds for what stands at the same path and below it: changes are
 * looked up there before they are made. Nothing is derived for operations that have a rule.
 */
export function derivedOwners(
  suggestions: readonly OwnerSuggestion[],
  documents: readonly ApiDocument[],
  hasRule: (operation: string) => boolean,
): readonly DerivedOwner[] {
  const suggested = new Map(suggestions.map((one) => [one.operation, one]));
  return documents.flatMap(({ operations }) => {
    const tellers = operations.filter(
      (one) => one.method === "GET" && suggested.has(nameOf(one)) && one.pathTemplate.endsWith("}"),
    );
    return operations.flatMap((operation): DerivedOwner[] => {
      const name = nameOf(operation);
      if (suggested.has(name) || hasRule(name) || operation.security?.length === 0) return [];
      const [above] = tellers
        .filter(({ pathTemplate }) => isAtOrBelow(operation.pathTemplate, pathTemplate))
        .toSorted((a, b) => b.pathTemplate.length - a.pathTemplate.length);
      const found = above === undefined ? undefined : suggested.get(nameOf(above));
      const rule =
        above === undefined || found === undefined ? undefined : ruleFrom(above, found, operation);
      return rule === undefined || above === undefined
        ? []
        : [{ operation: name, rule: `owner: { ${rule} }`, from: nameOf(above) }];
    });
  });
}

const isAtOrBelow = (template: string, above: string): boolean =>
  template === above || template.startsWith(`${above}/`);

function ruleFrom(
  teller: Operation,
  { claim, place, some }: OwnerSuggestion,
  operation: Operation,
): string | undefined {
  if (place.startsWith("{")) {
    const name = place.slice(1, -1);
    return readTemplate(operation.pathTemplate).names.includes(name)
      ? `param: ${name}, is: ${claim}`
      : undefined;
  }
  if (teller.operationId === undefined || place.startsWith("/*/")) return undefined;
  // What else may choose the object must be told to the lookup too.
  const isTold = operation.parameters.every(
    ({ in: location, name }) =>
      location === "path" ||
      (location === "header" && choosesNothing.has(name.toLowerCase())) ||
      teller.parameters.some((one) => one.in === location && one.name === name),
  );
  return isTold
    ? `lookup: ${teller.operationId}, response: ${place}, is: ${claim}${some ? ", some: true" : ""}`
    : undefined;
}
