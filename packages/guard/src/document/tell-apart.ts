import type { Fault, Operation } from "./api-document.ts";
import { mergeAlike } from "./merge-alike.ts";
import { templateShape } from "./path-template.ts";

/** Sees to it that no two operations are found by the same requests, or called by the same name. */
export function tellApart(operations: readonly Operation[], faults: Fault[]): Operation[] {
  return nameApart(mergeShapes(operations, faults), faults);
}

function mergeShapes(operations: readonly Operation[], faults: Fault[]): Operation[] {
  const byShape = new Map<string, Operation>();
  for (const operation of operations) {
    const shape = `${operation.method} ${templateShape(operation.pathTemplate)}`;
    const same = byShape.get(shape);
    if (same !== undefined)
      faults.push({
        ...operation.position,
        severity: "warning",
        tolerated: true,
        message: `'${operation.key}' is the same path as '${same.key}' (line ${same.position.line})`,
        expected: `one operation for each path; both are served as '${same.operationId ?? same.key}', which takes what either describes`,
        mend: "Keep one of them.",
      });
    byShape.set(shape, same === undefined ? operation : mergeAlike(same, operation));
  }
  return [...byShape.values()];
}

/** A rule of the policy for a name that two operations share would reach only one of them. */
function nameApart(operations: readonly Operation[], faults: Fault[]): Operation[] {
  const byId = new Map<string, Operation>();
  const shared = new Set<string>();
  for (const operation of operations) {
    const { operationId, position } = operation;
    if (operationId === undefined) continue;
    const same = byId.get(operationId);
    // One operation on several servers stands at one place.
    if (same !== undefined && !isSamePlace(same, operation)) {
      shared.add(operationId);
      faults.push({
        ...position,
        severity: "warning",
        tolerated: true,
        message: `the operationId '${operationId}' is also that of '${same.key}' (line ${same.position.line})`,
        expected: "an id for one operation alone; these are called by method and path",
        mend: "Give each operation an id of its own.",
      });
    } else byId.set(operationId, operation);
  }
  return operations.map((operation) => {
    if (operation.operationId === undefined || !shared.has(operation.operationId)) return operation;
    const { operationId: _shared, ...rest } = operation;
    return rest;
  });
}

const isSamePlace = ({ position: a }: Operation, { position: b }: Operation): boolean =>
  a.file === b.file && a.line === b.line && a.column === b.column;
