import type { AnyControl } from "./controls/order-builder.ts";
import type { Finding } from "./controls/control.ts";
import type { Operation } from "./document/api-document.ts";
import type { ApiPlan, OperationPlan, Plan } from "./guard-policy.ts";
import { order } from "./order.ts";

/** One operation of the plan, and what each control says of it in words. */
export interface CoverageRow {
  readonly api: ApiPlan;
  readonly plan: OperationPlan;
  readonly operation: Operation;
  /** By the key of the column. */
  readonly cells: Readonly<Record<string, string>>;
}

/** Which control stands where: a row for each operation. */
export interface Coverage {
  readonly columns: readonly {
    readonly key: string;
    readonly title: string;
    /** The control that it is of. */
    readonly control: string;
    /** The mode key by which what the column tells of is set; undefined where there is none. */
    readonly modeKey: string | undefined;
  }[];
  readonly rows: readonly CoverageRow[];
}

const placeOf = ({ words }: AnyControl): number => words?.column?.place ?? Number.POSITIVE_INFINITY;

/** Those with a column first, as the columns stand; then the others, in the order of the journey. */
const controls: readonly AnyControl[] = order.controls.toSorted((a: AnyControl, b: AnyControl) =>
  placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b),
);

export function coverageOf(plan: Plan): Coverage {
  const byName = plan.controls as Readonly<Record<string, unknown>>;
  const columns = controls.flatMap(({ modeKeys, name, words }) =>
    words?.column === undefined || words.column.isShown?.(byName[name] as never) === false
      ? []
      : [{ name, modeKey: modeKeys?.[0]?.key, ...words.column }],
  );
  const rows = everyOperation(plan).map(({ api, operation, own }): CoverageRow => {
    const cells = columns.map(({ cell, key, name }) => {
      const ofControl = (own.controls as Readonly<Record<string, unknown>>)[name];
      return [key, cell(ofControl as never, operation, byName[name] as never)];
    });
    return { api, plan: own, operation, cells: Object.fromEntries(cells) };
  });
  return {
    columns: columns.map(({ key, modeKey, name, title }) => ({
      key,
      title,
      control: name,
      modeKey,
    })),
    rows,
  };
}

/** A finding, the control that has found it, and the operation at which. */
export interface PlacedFinding extends Finding {
  readonly control: string;
  readonly operation: string;
}

/** What is understood, but perhaps not meant. The issuer's own endpoints are left out. */
export function findingsOf(plan: Plan): readonly PlacedFinding[] {
  const byName = plan.controls as Readonly<Record<string, unknown>>;
  const operations = everyOperation(plan).filter(({ api }) => !api.issuer);
  return controls.flatMap(({ name, words }) =>
    operations.flatMap(({ api, operation, own }) =>
      [
        ...(words?.findings?.(
          (own.controls as Readonly<Record<string, unknown>>)[name] as never,
          {
            name: own.name,
            operation,
            schemas: api.document.schemas,
            operations: api.document.operations,
            backendReads: api.backendReads,
            anonymous: own.anonymous,
            identified: plan.identified,
            modes: own.modes,
          },
          byName[name] as never,
        ) ?? []),
      ].map((finding) => ({ ...finding, control: name, operation: own.name })),
    ),
  );
}

/** What controls say of the whole gate: nothing to mend. */
export function saidOf(plan: Plan): readonly string[] {
  const byName = plan.controls as Readonly<Record<string, unknown>>;
  return controls.flatMap(({ name, words }) => [...(words?.says?.(byName[name] as never) ?? [])]);
}

interface PlannedOperation {
  readonly api: ApiPlan;
  readonly operation: Operation;
  readonly own: OperationPlan;
}

const everyOperation = (plan: Plan): readonly PlannedOperation[] =>
  plan.apis.flatMap((api) =>
    api.operations.map((own, index) => ({
      api,
      operation: api.document.operations[index] as Operation,
      own,
    })),
  );
