import type { ApiAt, GateAt } from "../controls/compile-context.ts";
import type { AnyControl } from "../controls/order-builder.ts";
import { routeReadingOf } from "../document/dialects.ts";
import {
  compileOperationTable,
  type OperationEntry,
  type OperationTable,
} from "../document/operation-table.ts";
import { type PathTemplate, readTemplate } from "../document/path-template.ts";
import { SchemaCompiler } from "../document/schema/compile-schema.ts";
import type { Problem } from "../facts/problem.ts";
import type { ApiPlanOf, PlanOf } from "../policy/plan.ts";
import type { UpstreamPlan } from "../policy/upstream-setting.ts";
import type { Upstream } from "../ports/upstream.ts";
import { compileAskBackend } from "./ask-backend.ts";
import type { IdentityAssertion } from "./backend-fields.ts";
import {
  type CompileParts,
  compileModeRow,
  compileOperation,
  runSteps,
  type StepOrder,
} from "./compile-operation.ts";
import { type CompiledOperation, type Course, layCourse, type RunStep } from "./course.ts";
import type { Courses, RouteTables } from "./route.ts";
import type { Tunnels } from "./tunnelled-method.ts";

type ByControl = Readonly<Record<string, unknown>>;
type AnyPlan = PlanOf<ByControl, ByControl>;

/** What the compiled plan needs of the program around the gate, whatever its controls need. */
export interface CompilePorts {
  readonly upstream: (plan: UpstreamPlan) => Upstream;
  readonly assertIdentity?: IdentityAssertion | undefined;
  /** Fields of every answer, whoever gives it. Flat. */
  readonly everyAnswer?: readonly string[] | undefined;
}

/** A plan, compiled into what runs. */
export interface CompiledPlan {
  /** Steps that are taken before the operation is known. */
  readonly first: readonly RunStep[];
  readonly tables: RouteTables;
  readonly courses: Courses;
  /** Undefined where no POST stands for another method. */
  readonly tunnels: Tunnels | undefined;
  /** The course of what the gate answers itself. */
  readonly gateItself: Course;
  /** Lets go of what the controls have opened. */
  readonly close: () => void;
}

/** Compiles every operation of the plan, and how a request finds its own. */
export function compilePlan(
  plan: AnyPlan,
  order: StepOrder,
  problems: readonly Problem[],
  ports: CompilePorts,
): CompiledPlan {
  const [firstApi] = plan.apis;
  if (firstApi === undefined) throw new RangeError("a gate without an API has nothing to guard");
  const tables = tablesOf(plan);
  const templates = compileOperationTable(templateEntries(plan));
  const gateAt: GateAt = {
    documents: plan.apis.map(({ document }) => document),
    origin: plan.origin,
    problems,
    methodsAt: (path) => [
      ...new Set([...tables.values()].flatMap((table) => table.methodsAt(path))),
    ],
    templateOf: (path, parameters) => templates.match("GET", path, parameters)?.value,
  };
  const lives = openAll(order.controls, plan, ports, gateAt);
  const parts: CompileParts = {
    order,
    whole: plan.controls,
    lives,
    replacedFields: namesOf(ports.everyAnswer ?? []),
  };
  const declared = plan.apis.flatMap((api, index) => compileApi(api, index, parts, ports));
  const undeclared = withEveryAnswer(
    compileOperation(
      {
        plan: plan.undeclared,
        operation: undefined,
        api: undefined,
        apiVersion: undefined,
        upstream: ports.upstream(firstApi.upstream),
      },
      parts,
    ),
    order.controls,
    parts,
  );
  const undeclaredModes = compileModeRow(plan.undeclared);
  return {
    first: compileFirst(parts).filter(
      ({ mode }) => mode === undefined || undeclaredModes[mode]?.constant !== "off",
    ),
    tables,
    tunnels: tunnelsOf(plan),
    courses: {
      declared: declared.map(({ compiled, modes }) => layCourse(compiled, modes)),
      undeclared: layCourse(undeclared, undeclaredModes),
    },
    gateItself: layCourse({ ...undeclared, name: "(gate)", steps: [] }, undeclaredModes),
    close: () => closeAll(order.controls, lives),
  };
}

function openAll(
  controls: readonly AnyControl[],
  plan: AnyPlan,
  ports: CompilePorts,
  gateAt: GateAt,
): ByControl {
  const lives: Record<string, unknown> = {};
  try {
    for (const control of controls)
      lives[control.name] = control.open?.(
        plan.controls[control.name] as never,
        ports as never,
        gateAt,
      );
  } catch (fault) {
    closeAll(controls, lives);
    throw fault;
  }
  return lives;
}

function closeAll(controls: readonly AnyControl[], lives: ByControl): void {
  for (const control of controls)
    if (Object.hasOwn(lives, control.name)) control.close?.(lives[control.name] as never);
}

/** Steps that are taken before the operation is known. */
function compileFirst({ lives, order, whole }: CompileParts): readonly RunStep[] {
  const compiled = new Map(
    order.controls.map((control) => [
      control,
      control.compileFirst?.(lives[control.name] as never, whole[control.name] as never),
    ]),
  );
  return runSteps(order.first, (control) => compiled.get(control));
}

/** What reaches no operation still carries what controls say on every answer. */
function withEveryAnswer(
  undeclared: CompiledOperation,
  controls: readonly AnyControl[],
  { lives, whole }: CompileParts,
): CompiledOperation {
  const everyAnswer = controls.flatMap(
    (control) =>
      control.everyAnswer?.(lives[control.name] as never, whole[control.name] as never) ?? [],
  );
  return Object.freeze({ ...undeclared, everyAnswer });
}

function compileApi(
  api: ApiPlanOf<ByControl>,
  index: number,
  parts: CompileParts,
  ports: CompilePorts,
): { readonly compiled: CompiledOperation; readonly modes: ReturnType<typeof compileModeRow> }[] {
  const { backendReads, document, issuer, operations, version } = api;
  const upstream = ports.upstream(api.upstream);
  const apiAt: ApiAt = {
    index,
    document,
    issuer,
    requestSchemas: new SchemaCompiler(document.schemas, "request"),
    responseSchemas: new SchemaCompiler(document.schemas, "response"),
    backend: compileAskBackend(upstream, ports.assertIdentity),
    backendReads,
    upgrades: upstream.upgrade !== undefined,
  };
  return operations.map((plan, at) => ({
    compiled: compileOperation(
      {
        plan,
        operation: document.operations[at],
        api: apiAt,
        apiVersion: version,
        upstream,
      },
      parts,
    ),
    modes: compileModeRow(plan),
  }));
}

/**
 * A table for each version that may be asked for by name, and one of all operations where the path
 * tells. The issuer's endpoints are of no version, and so of every one.
 */
function tablesOf({ apis }: AnyPlan): RouteTables {
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

function tunnelsOf({ apis }: AnyPlan): Tunnels | undefined {
  const tunnels = apis.flatMap(({ backendReads, document }) =>
    document.operations.map(() => backendReads.methodFrom),
  );
  return tunnels.every((one) => one === undefined) ? undefined : tunnels;
}

function templateEntries({ apis }: AnyPlan): OperationEntry<PathTemplate>[] {
  const templates = new Set(
    apis.flatMap(({ document }) => document.operations.map(({ pathTemplate }) => pathTemplate)),
  );
  return [...templates].map((pathTemplate) => ({
    method: "GET",
    pathTemplate,
    value: readTemplate(pathTemplate),
  }));
}

const namesOf = (flat: readonly string[]): string[] =>
  flat.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
