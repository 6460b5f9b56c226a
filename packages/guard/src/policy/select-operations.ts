import type { Operation } from "../document/api-document.ts";
import { nearest } from "../reading/nearest-name.ts";
import type { CoreKeys } from "./core-keys.ts";
import type { Closeness, EntryAt, NoteFault } from "./join-context.ts";
import type { EntryOf } from "./keys.ts";
import type { MatchSetting } from "./match-setting.ts";

/** Undefined when the operation is not selected. */
export type Selects = (operation: Operation) => Closeness | undefined;

/** `"*"`, an operationId, `METHOD /path`, or an object whose every key must hold. */
export function compileMatch(match: MatchSetting): Selects {
  if (match === "*") return () => 0;
  if (typeof match === "string") {
    const space = match.indexOf(" ");
    if (space === -1) return (operation) => (operation.operationId === match ? 4 : undefined);
    const method = match.slice(0, space).toUpperCase();
    const path = compilePathPattern(match.slice(space + 1).trim());
    return (operation) =>
      operation.method === method && path(operation.pathTemplate) ? 4 : undefined;
  }
  const { method, operationId, path, tag } = match;
  const pathFits = path === undefined ? undefined : compilePathPattern(path);
  const closeness: Closeness =
    operationId !== undefined ? 4 : path === undefined ? 1 : path.includes("*") ? 2 : 3;
  return (operation) => {
    if (operationId !== undefined && !operationId.includes(operation.operationId ?? ""))
      return undefined;
    if (method !== undefined && !method.some((one) => one === operation.method)) return undefined;
    if (tag !== undefined && !tag.some((one) => operation.tags.includes(one))) return undefined;
    return pathFits === undefined || pathFits(operation.pathTemplate) ? closeness : undefined;
  };
}

/**
 * `{name}` stands for any parameter of the template, `*` for any one segment, a last `**` for all
 * that follow, none included.
 */
function compilePathPattern(pattern: string): (template: string) => boolean {
  const wanted = pattern.split("/").slice(1);
  const open = wanted.at(-1) === "**";
  if (open) wanted.pop();
  return (template) => {
    const segments = template.split("/").slice(1);
    if (open ? segments.length < wanted.length : segments.length !== wanted.length) return false;
    return wanted.every((segment, index) => {
      const at = segments[index] as string;
      if (segment === "*") return true;
      return /^\{[^{}]+\}$/.test(segment) ? at.startsWith("{") && at.endsWith("}") : segment === at;
    });
  };
}

type Entry = EntryOf<CoreKeys>;
type Selected = Pick<EntryAt<CoreKeys>, "index" | "closeness">;

/**
 * Finds the entries that select an operation, the closest last. What no document names is selected
 * by "*" alone.
 */
export function compileSelection<E extends Entry>(
  entries: readonly E[],
): (operation: Operation | undefined) => readonly (Selected & { readonly entry: E })[] {
  const selectors = entries.map((entry) => entry.match.map(compileMatch));
  const closest = (selects: readonly Selects[], operation: Operation | undefined) => {
    const found = selects.flatMap((select) => select(operation ?? nothing) ?? []);
    const fitting = operation === undefined ? found.filter((one) => one === 0) : found;
    return fitting.length === 0 ? undefined : (Math.max(...fitting) as Closeness);
  };
  return (operation) =>
    entries
      .flatMap((entry, index) => {
        const closeness = closest(selectors[index] ?? [], operation);
        return closeness === undefined ? [] : [{ entry, index, closeness }];
      })
      .sort((a, b) => a.closeness - b.closeness || a.index - b.index);
}

const nothing: Operation = {
  key: "",
  method: "",
  pathTemplate: "",
  tags: [],
  parameters: [],
  responses: [],
  deprecated: false,
  position: { file: "", line: 1, column: 1 },
};

/** A match that selects nothing is misspelt: the rule it carries would silently do nothing. */
export function noteUnmatched(
  entries: readonly Entry[],
  operations: readonly Operation[],
  note: NoteFault,
): void {
  entries.forEach(({ match: matches }, index) => {
    matches.forEach((match, at) => {
      if (match === "*") return;
      const selects = compileMatch(match);
      if (operations.some((operation) => selects(operation) !== undefined)) return;
      const mend = unmatchedMend(match, operations);
      note(
        ["operations", String(index), "match", String(at)],
        `the match ${JSON.stringify(match)} selects no operation`,
        {
          expected: '"*", an operationId, METHOD /path, or tag, method and path',
          ...(mend === undefined ? {} : { mend }),
        },
      );
    });
  });
}

/** What to say of a match that selects nothing. */
function unmatchedMend(match: MatchSetting, operations: readonly Operation[]): string | undefined {
  if (typeof match !== "string") return undefined;
  const known = match.includes(" ")
    ? operations.map((operation) => operation.key)
    : operations.flatMap((operation) => operation.operationId ?? []);
  const meant = nearest(match, known);
  return meant === undefined ? undefined : `Did you mean '${meant}'?`;
}
