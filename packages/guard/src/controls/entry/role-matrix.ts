import { compileEntry, compileHeldScopes, type EntryRule } from "./entry.ts";
import type { EntryPlan, OperationEntryPlan } from "./plan.ts";

/** Who may enter which operation: by operation, the callers that may. */
export type RoleMatrix = Readonly<Record<string, readonly string[]>>;

interface Entered {
  readonly name: string;
  readonly controls: { readonly entry: OperationEntryPlan };
}

/** What of a plan the matrix is made from. */
export interface MatrixPlan {
  readonly controls: { readonly entry: EntryPlan };
  readonly apis: readonly { readonly operations: readonly Entered[] }[];
}

export const anyone = "(anyone)";
const signedIn = "(signed in)";

/** A role is taken with the scopes that the policy gives it; a token may bring more. */
export function roleMatrix({ apis, controls }: MatrixPlan): RoleMatrix {
  const { roles } = controls.entry;
  const heldScopes = compileHeldScopes(roles);
  const operations = apis.flatMap((api) => api.operations);
  const names = new Set([
    ...Object.keys(roles),
    ...operations.flatMap((one) => one.controls.entry.rule?.roles ?? []),
  ]);
  const mayEnter = (rule: EntryRule | undefined): readonly string[] => {
    if (rule?.anonymous === true) return [anyone];
    const judge = compileEntry(rule, heldScopes);
    const enters = (held: readonly string[]): boolean =>
      judge?.({ clientId: undefined, scopes: [], roles: held }) === undefined;
    return [...(enters([]) ? [signedIn] : []), ...[...names].filter((role) => enters([role]))];
  };
  return Object.fromEntries(
    operations.map(({ controls: { entry }, name }) => [
      name,
      mayEnter(entry.carriesRequests === "closed" ? undefined : entry.rule),
    ]),
  );
}
