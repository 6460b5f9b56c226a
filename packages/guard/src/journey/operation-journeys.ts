import { controls, type Control, type Mode } from "../control.ts";
import { compileEntry, compileHeldScopes, type EntryRule } from "../authorization/entry.ts";
import type { ApiDocument, Operation } from "../operation.ts";
import { compileOperationTable, type OperationTable } from "../operations/operation-table.ts";
import type { Upstream } from "../upstream.ts";
import { prepareEntry } from "./70-authorize.ts";
import type { ModeTable, OperationJourney } from "./step.ts";

export interface ApiRoutes {
  readonly document: ApiDocument;
  readonly upstream: Upstream;
  readonly apiVersion: string | undefined;
}

/** One mode for every control, save those named. */
export function constantModes(mode: Mode, named: Partial<Readonly<Record<Control, Mode>>> = {}): ModeTable {
  const entries = controls.map((control) => {
    const constant = named[control] ?? mode;
    return [control, Object.freeze({ constant, decide: () => constant })] as const;
  });
  return Object.freeze(Object.fromEntries(entries) as unknown as ModeTable);
}

/** What the document's `security` says of who may enter: silence is no rule, and no rule is closed. */
export function entryRuleOf({ security }: Operation): EntryRule | undefined {
  if (security === undefined) return undefined;
  const anonymous = security.length === 0 || security.some((requirement) => Object.keys(requirement).length === 0);
  return { anonymous, alternatives: security.map((requirement) => ({ scopes: Object.values(requirement).flat() })), roles: [] };
}

/** Every operation of every document in one table, and the journey of what no document names. */
export function compileOperationJourneys(apis: readonly ApiRoutes[], modes: ModeTable): { readonly table: OperationTable<OperationJourney>; readonly undeclared: OperationJourney } {
  const first = apis[0];
  if (first === undefined) throw new RangeError("a gate without an API has nothing to guard");
  const rest = { checks: [], modes, answer: { forAnswer: undefined, checkOwner: undefined, mostBufferedBytes: 0 }, answerHeaders: [], readsAnswer: false, mostBodyBytes: 1_048_576 } as const;
  const heldScopes = compileHeldScopes({});
  const entries = apis.flatMap(({ apiVersion, document, upstream }) =>
    document.operations.map((operation) => {
      const judge = compileEntry(entryRuleOf(operation), heldScopes);
      const checks = judge === undefined ? [] : [prepareEntry(judge)];
      return {
        method: operation.method,
        pathTemplate: operation.pathTemplate,
        value: Object.freeze<OperationJourney>({ ...rest, checks, name: operation.operationId ?? operation.key, operation, apiVersion, upstream }),
      };
    }),
  );
  const undeclared = Object.freeze<OperationJourney>({ ...rest, name: "(undeclared)", operation: undefined, apiVersion: undefined, upstream: first.upstream });
  return { table: compileOperationTable(entries), undeclared };
}
