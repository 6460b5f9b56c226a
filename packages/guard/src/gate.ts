import type { GateAt } from "./controls/compile-context.ts";
import { randomBytes } from "node:crypto";
import type { Arrival } from "./facts/arrival.ts";
import { compileHashName } from "./facts/named.ts";
import type { DecisionRecord } from "./facts/record.ts";
import { type GateSource, planOf } from "./gate-source.ts";
import { modeKeys, type Plan, problemCatalogue } from "./guard-policy.ts";
import type { Answer } from "./journey/answer.ts";
import type { Refusal } from "./facts/refusal.ts";
import { type CompiledPlan, compilePlan, type CompilePorts } from "./journey/compile-plan.ts";
import { atOnce, inSlices, type Pieces } from "./policy/in-slices.ts";
import { Exchange } from "./journey/exchange.ts";
import {
  type Explaining,
  explainEnds,
  type Explanation,
  newExplaining,
  withoutAsking,
} from "./journey/explain.ts";
import { type FindOperation, Journey } from "./journey/journey.ts";
import { compileRecord, type OnSubject } from "./journey/record.ts";
import { OpenTunnels } from "./journey/open-tunnels.ts";
import { findOperation } from "./journey/route.ts";
import { SignalMaker } from "./journey/signal.ts";
import { compileServe, type OnSignedIn, type OnSpent } from "./journey/serve.ts";
import { order } from "./order.ts";
import { type Clock, wallClock } from "./ports/clock.ts";
import { allocateSharedBytes, ByteBudget, usualHeldBytes } from "./facts/byte-budget.ts";
import type { Switch } from "./policy/switches.ts";

type Controls = (typeof order)["controls"][number];
type PortsOf<C> = C extends { open?(whole: never, ports: infer P, gate: GateAt): unknown }
  ? (ports: P) => void
  : never;
type ControlPorts = PortsOf<Controls> extends (ports: infer P) => void ? P : never;

/** What the gate needs of the program around it, and what its controls need. */
export type GatePorts = CompilePorts &
  ControlPorts & {
    /** Told of every exchange once, whatever became of it; of a WebSocket when it is opened too. */
    readonly record: (record: DecisionRecord) => void;
    /** A request whose caller is known has ended: where it came from, and who knows the caller. */
    readonly onSignedIn?: OnSignedIn | undefined;
    /** A request has ended: what it has spent. */
    readonly onSpent?: OnSpent | undefined;
    /** What records name objects and people by; one that nobody knows without it. */
    readonly recordSecret?: Uint8Array | undefined;
    /** Told whom the pseudonym in a record stands for. */
    readonly onSubject?: OnSubject | undefined;
    /** What signals name by; records carry a signal only where it is given. */
    readonly signalSecret?: Uint8Array | undefined;
    /** What time it is; the machine's own clock without it. */
    readonly clock?: Clock | undefined;
    /** What may be held of bodies and answers; the same bound for this process without it. */
    readonly byteBudget?: ByteBudget | undefined;
  };

export type GateOptions = GateSource & { readonly ports: GatePorts };

/** A gate: what a server, a middleware, `explain` and tests all call. */
export interface Gate {
  /** Takes a request from its arrival to its record. Never throws. */
  handle(arrival: Arrival, answer: Answer): void;
  /**
   * Serves by another plan. The old one serves until the new one is whole; requests that began
   * under it end under it.
   *
   * @throws PolicyFault, or RangeError where a port is missing; then the old plan goes on serving
   */
  replace(next: GateOptions): void;
  /**
   * Makes another plan ready while the old one serves, in slices: no request waits for more than one
   * of them. What is ready serves when it is told to, so that several gates can change as one.
   *
   * @throws PolicyFault, or RangeError where a port is missing
   */
  prepare(next: GateOptions): Promise<PreparedPlan>;
  /**
   * Lays these modes over those of the policy, in place of all switches before, for this plan and
   * those after it. Requests that began before end under the modes that they began with.
   */
  switchTo(switches: readonly Switch[]): void;
  /**
   * What would become of a request, by the very steps it would take. Nothing is forwarded; a port
   * that would ask somebody else may throw `NotAsked`, and the step is explained by that.
   */
  explain(arrival: Arrival): Promise<Explanation>;
  /** Tells whatever lasts, such as a WebSocket, that the gate is stopping. */
  goAway(): void;
  close(): void;
}

/** A plan that is compiled, and does not serve yet. One of the two ends it. */
export interface PreparedPlan {
  /** Serves by it. Requests that began under the plan before end under that one. */
  serve(): void;
  discard(): void;
}

/**
 * Puts a gate together: the only place that does.
 *
 * @throws PolicyFault where policy and documents do not make a plan
 * @throws RangeError where the plan needs a port that is not given
 */
export function createGate(options: GateOptions): Gate {
  const tunnels = new OpenTunnels();
  let switches: readonly Switch[] = [];
  let whole = atOnce(assemble(options, tunnels));
  let current = whole.lay(switches);
  const use = (next: Assembled): void => {
    const replaced = whole;
    whole = next;
    current = next.lay(switches);
    replaced.compiled.close();
  };
  return {
    handle(arrival, answer) {
      const exchange = current.newExchange(arrival);
      current.serve.begin(exchange, answer);
    },
    replace: (next) => use(atOnce(assemble(next, tunnels))),
    async prepare(next) {
      const prepared = await inSlices(assemble(next, tunnels));
      return { serve: () => use(prepared), discard: () => prepared.compiled.close() };
    },
    switchTo(next) {
      switches = next;
      current = whole.lay(next);
    },
    explain(arrival) {
      const { explain, newExchange } = current;
      return new Promise((resolve) => {
        const explaining = newExplaining(resolve);
        explain(explaining).begin(newExchange(arrival), explaining);
      });
    },
    goAway: () => tunnels.goAway(),
    close: () => whole.compiled.close(),
  };
}

const ownSecret = randomBytes(32);
const ownBudget = new ByteBudget(allocateSharedBytes(usualHeldBytes, 1));

interface Assembled {
  readonly compiled: CompiledPlan;
  readonly lay: (switches: readonly Switch[]) => Laid;
}

/** What serves: a plan under the modes that hold. */
interface Laid {
  readonly newExchange: (arrival: Arrival) => Exchange;
  readonly serve: Journey<Answer>;
  /** A journey for each question: what it would ask others is noted for that question. */
  readonly explain: (explaining: Explaining) => Journey<Explaining>;
}

function* assemble(options: GateOptions, tunnels: OpenTunnels): Pieces<Assembled> {
  const { ports } = options;
  const plan = planOf(options);
  const problems = [...problemCatalogue.values()];
  const compiled = yield* compilePlan(plan, order, { modeKeys, problems }, ports);
  return {
    compiled,
    lay: (switches) => layPlan(plan, compiled, { ports, switches, tunnels }),
  };
}

function layPlan(
  plan: Plan,
  { framings, lay, tables }: CompiledPlan,
  {
    ports,
    switches,
    tunnels,
  }: { ports: GatePorts; switches: readonly Switch[]; tunnels: OpenTunnels },
): Laid {
  const { courses, first, gateItself } = lay(switches);
  const { assertIdentity, onSignedIn, onSpent, onTrouble, record } = ports;
  const {
    byteBudget = ownBudget,
    clock = wallClock,
    recordSecret = ownSecret,
    signalSecret,
  } = ports;
  const shared = { byteBudget, clock };
  const find: FindOperation = (exchange) => findOperation(exchange, tables, courses, framings);
  return {
    newExchange: (arrival) => new Exchange(arrival, courses.undeclared, shared),
    serve: new Journey(
      first,
      find,
      compileServe({
        assertIdentity,
        gateItself,
        makeRecord: compileRecord(
          plan.record,
          compileHashName(recordSecret),
          ports.onSubject,
          signalSecret === undefined ? undefined : new SignalMaker(signalSecret).make,
        ),
        onSignedIn,
        onSpent,
        onTrouble,
        record,
        tunnels,
      }),
    ),
    explain: (explaining) =>
      new Journey(
        first,
        (exchange) => {
          const onCourse = (refusal: Refusal | undefined): Refusal | undefined => {
            exchange.course = withoutAsking(exchange.course, explaining);
            return refusal;
          };
          const refusal = find(exchange);
          return refusal instanceof Promise ? refusal.then(onCourse) : onCourse(refusal);
        },
        explainEnds,
      ),
  };
}

export type { OnSpent } from "./journey/serve.ts";
export type { Answer } from "./journey/answer.ts";
export type { IdentityAssertion } from "./journey/backend-fields.ts";
export type { ExplainedStep, Explanation } from "./journey/explain.ts";
export type { GateSource } from "./gate-source.ts";
export type { Arrival } from "./facts/arrival.ts";
export type { DecisionRecord } from "./facts/record.ts";
export type { Plan } from "./guard-policy.ts";
export type { Clock } from "./ports/clock.ts";
export { NotAsked } from "./ports/not-asked.ts";
export { definePolicy } from "./policy/read-policy.ts";
export { PolicyFault } from "./policy/policy-fault.ts";
