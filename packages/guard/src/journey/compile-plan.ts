import type { ApiAt, AskBackend, GateAt } from "../controls/compile-context.ts";
import type { AnyControl } from "../controls/order-builder.ts";
import { compileOperationTable } from "../document/operation-table.ts";
import { SchemaCompiler } from "../document/schema/compile-schema.ts";
import { stageRanges } from "../facts/mode.ts";
import type { Problem } from "../facts/problem.ts";
import { type StageMemory, Stages } from "../facts/stage.ts";
import type { ModeKey } from "../policy/mode-setting.ts";
import type { ApiPlanOf, PlanOf } from "../policy/plan.ts";
import type { Switch } from "../policy/switches.ts";
import type { UpstreamPlan } from "../policy/upstream-setting.ts";
import type { Pieces } from "../policy/in-slices.ts";
import type { Upstream } from "../ports/upstream.ts";
import { allocateSharedStages, SharedStageMemory } from "../state/shared-stages.ts";
import { compileAskBackend } from "./ask-backend.ts";
import type { IdentityAssertion } from "./backend-fields.ts";
import {
  type CompileParts,
  compileOperation,
  runSteps,
  type StepOrder,
} from "./compile-operation.ts";
import type { CompiledOperation, RunStep } from "./course.ts";
import { type DeclaredOperation, type LaidPlan, layPlan } from "./lay-plan.ts";
import { tablesOf, templateEntries, framingsOf } from "./compile-tables.ts";
import type { Framings } from "./framing.ts";
import { compileOwnLinks } from "./own-links.ts";
import type { RouteTables } from "./route.ts";

type ByControl = Readonly<Record<string, unknown>>;
type AnyPlan = PlanOf<ByControl, ByControl>;

/** What the compiled plan needs of the program around the gate, whatever its controls need. */
export interface CompilePorts {
  readonly upstream: (plan: UpstreamPlan) => Upstream;
  readonly assertIdentity?: IdentityAssertion | undefined;
  /** Who has been seen in stages by app version, by any thread; this gate's own memory without. */
  readonly stages?: StageMemory | undefined;
  /** Told in words of faults of the gate's own that no record can hold. */
  readonly onTrouble?: ((message: string) => void) | undefined;
}

/** A plan, compiled into what runs. */
export interface CompiledPlan {
  readonly tables: RouteTables;
  /** Undefined where every request is what it looks like. */
  readonly framings: Framings | undefined;
  /** Lays the courses under the modes of the policy and the switches. Compiles nothing. */
  readonly lay: (switches: readonly Switch[]) => LaidPlan;
  /** Lets go of what the controls have opened. */
  readonly close: () => void;
}

/** Compiles every operation of the plan, piece by piece, and how a request finds its own. */
export function* compilePlan(
  plan: AnyPlan,
  order: StepOrder,
  { modeKeys, problems }: { modeKeys: readonly ModeKey[]; problems: readonly Problem[] },
  ports: CompilePorts,
): Pieces<CompiledPlan> {
  const [firstApi] = plan.apis;
  if (firstApi === undefined) throw new RangeError("a gate without an API has nothing to guard");
  const tables = tablesOf(plan);
  yield;
  const templates = compileOperationTable(templateEntries(plan));
  yield;
  const stages = stagesOf(plan, ports);
  const gateAt: GateAt = {
    stages,
    documents: plan.apis.map(({ document }) => document),
    backendOf: (index) => askBackendOf(plan, index, ports),
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
    rewriteOwnLink: compileOwnLinks(
      plan.apis.flatMap(({ upstream }) => upstream.targets),
      plan.origin,
    ),
  };
  const declared: DeclaredOperation[] = [];
  try {
    for (const [index, api] of plan.apis.entries())
      for (const one of compileApi(api, index, { ...parts, ports })) {
        declared.push(one);
        yield;
      }
  } catch (fault) {
    closeAll(order.controls, lives);
    throw fault;
  }
  const undeclared = withEveryAnswer(
    compileOperation(
      {
        plan: plan.undeclared,
        operation: undefined,
        api: undefined,
        apiVersion: undefined,
        upstream: ports.upstream(firstApi.upstream),
        upstreamHost: firstApi.upstream.host,
      },
      parts,
    ),
    order.controls,
    parts,
  );
  const first = compileFirst(parts);
  return {
    tables,
    framings: framingsOf(plan),
    lay: (switches) =>
      layPlan(
        { declared, undeclared, undeclaredPlan: plan.undeclared, first, stages, modeKeys },
        switches,
      ),
    close: () => closeAll(order.controls, lives),
  };
}

const fewStages = 4096;

/** Undefined where no mode is staged by app version: then nobody is remembered. */
function stagesOf({ apis, undeclared }: AnyPlan, ports: CompilePorts): Stages | undefined {
  const operations = [undeclared, ...apis.flatMap((api) => api.operations)];
  const ranges = stageRanges(operations.flatMap(({ modes }) => Object.values(modes)));
  if (ranges.length === 0) return undefined;
  const { stages = new SharedStageMemory(allocateSharedStages(fewStages, [1, 2])) } = ports;
  return new Stages(ranges, stages);
}

const tellingOf = ({ upstream }: ApiPlanOf<ByControl>, { assertIdentity }: CompilePorts) => ({
  assertIdentity,
  host: upstream.host,
});

/** @throws RangeError where the plan has no such API */
function askBackendOf({ apis }: AnyPlan, index: number, ports: CompilePorts): AskBackend {
  const api = apis[index];
  if (api === undefined) throw new RangeError(`the plan has no API ${index}`);
  return compileAskBackend(ports.upstream(api.upstream), tellingOf(api, ports), api.backendReads);
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

function* compileApi(
  api: ApiPlanOf<ByControl>,
  index: number,
  parts: CompileParts & { readonly ports: CompilePorts },
): Generator<DeclaredOperation, void, void> {
  const { ports } = parts;
  const { backendReads, document, issuer, operations, version } = api;
  const upstream = ports.upstream(api.upstream);
  const apiAt: ApiAt = {
    index,
    document,
    issuer,
    requestSchemas: new SchemaCompiler(document.schemas, "request"),
    responseSchemas: new SchemaCompiler(document.schemas, "response"),
    backend: compileAskBackend(upstream, tellingOf(api, ports), backendReads),
    backendReads,
    upgrades: upstream.upgrade !== undefined,
  };
  for (const [at, plan] of operations.entries())
    yield {
      compiled: compileOperation(
        {
          plan,
          operation: document.operations[at],
          api: apiAt,
          apiVersion: version,
          upstream,
          upstreamHost: api.upstream.host,
        },
        parts,
      ),
      plan,
    };
}
