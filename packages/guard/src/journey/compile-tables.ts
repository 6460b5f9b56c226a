import { routeReadingOf } from "../document/dialects.ts";
import {
  compileOperationTable,
  type OperationEntry,
  type OperationTable,
} from "../document/operation-table.ts";
import { type PathTemplate, readTemplate } from "../document/path-template.ts";
import type { ApiPlanOf } from "../policy/plan.ts";
import { type Framings, isFramed } from "./framing.ts";
import type { RouteTables } from "./route.ts";

interface Apis {
  readonly apis: readonly ApiPlanOf<unknown>[];
}

/**
 * A table for each version that may be asked for by name, and one of all operations where the path
 * tells. The issuer's endpoints are of no version, and so of every one.
 */
export function tablesOf({ apis }: Apis): RouteTables {
  const all: OperationEntry<number>[] = [];
  const byVersion = new Map<string, OperationEntry<number>[]>();
  const versionless: OperationEntry<number>[] = [];
  for (const { backendReads, document, issuer, version } of apis) {
    const reading = routeReadingOf(backendReads.dialect);
    const entries = document.operations.map(({ method, pathTemplate }, at) => ({
      method,
      pathTemplate,
      value: all.length + at,
      reading,
    }));
    all.push(...entries);
    if (issuer || version === undefined) versionless.push(...entries);
    else byVersion.set(version, [...(byVersion.get(version) ?? []), ...entries]);
  }
  const tables = new Map<string, OperationTable<number>>([["", compileOperationTable(all)]]);
  for (const [version, entries] of byVersion)
    tables.set(version, compileOperationTable([...entries, ...versionless]));
  return tables;
}

/** Undefined where every request is what it looks like. */
export function framingsOf({ apis }: Apis): Framings | undefined {
  const framings = apis.flatMap(({ backendReads, document }) =>
    document.operations.map(() => (isFramed(backendReads) ? backendReads : undefined)),
  );
  return framings.every((one) => one === undefined) ? undefined : framings;
}

/** Every path template once, whatever its methods. */
export function templateEntries({ apis }: Apis): OperationEntry<PathTemplate>[] {
  const templates = new Set(
    apis.flatMap(({ document }) => document.operations.map(({ pathTemplate }) => pathTemplate)),
  );
  return [...templates].map((pathTemplate) => ({
    method: "GET",
    pathTemplate,
    value: readTemplate(pathTemplate),
  }));
}
