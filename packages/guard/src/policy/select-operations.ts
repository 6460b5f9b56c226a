import type { Operation } from "../operation.ts";
import { nearest } from "./nearest-name.ts";
import type { OperationEntry } from "./policy-schema.ts";

export type MatchOne = OperationEntry["match"][number];

/** How closely a match names what it selects. Of two entries that say the same key, the closer one wins, then the later. */
export type Closeness = 0 | 1 | 2 | 3 | 4;

/** Undefined when the operation is not selected. */
export type Selects = (operation: Operation) => Closeness | undefined;

/** `"*"`, an operationId, `METHOD /path`, or an object whose every key must hold. */
export function compileMatch(match: MatchOne): Selects {
  if (match === "*") return () => 0;
  if (typeof match === "string") {
    const space = match.indexOf(" ");
    if (space === -1) return (operation) => (operation.operationId === match ? 4 : undefined);
    const method = match.slice(0, space).toUpperCase();
    const path = compilePathPattern(match.slice(space + 1).trim());
    return (operation) => (operation.method === method && path(operation.pathTemplate) ? 4 : undefined);
  }
  const { method, operationId, path, tag } = match;
  const pathFits = path === undefined ? undefined : compilePathPattern(path);
  const closeness: Closeness = operationId !== undefined ? 4 : path === undefined ? 1 : path.includes("*") ? 2 : 3;
  return (operation) => {
    if (operationId !== undefined && !operationId.includes(operation.operationId ?? "")) return undefined;
    if (method !== undefined && !method.some((one) => one === operation.method)) return undefined;
    if (tag !== undefined && !tag.some((one) => operation.tags.includes(one))) return undefined;
    return pathFits === undefined || pathFits(operation.pathTemplate) ? closeness : undefined;
  };
}

/** `{name}` stands for any parameter of the template, `*` for any one segment, a last `**` for all that follow, none included. */
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

/** What to say of a match that selects nothing. */
export function unmatchedMend(match: MatchOne, operations: readonly Operation[]): string | undefined {
  if (typeof match !== "string") return undefined;
  const known = match.includes(" ") ? operations.map((operation) => operation.key) : operations.flatMap((operation) => operation.operationId ?? []);
  const meant = nearest(match, known);
  return meant === undefined ? undefined : `Did you mean '${meant}'?`;
}
