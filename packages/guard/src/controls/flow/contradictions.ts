import type { Operation } from "../../document/api-document.ts";
import { closestOf, type JoinContext } from "../../policy/join-context.ts";
import type { EntryOf } from "../../policy/keys.ts";
import { compileMatch, compileSelection } from "../../policy/select-operations.ts";
import { nearest } from "../../reading/nearest-name.ts";
import { mostFlowSteps } from "../../state/flows.ts";
import type { FlowRule, Keys } from "./plan.ts";

/** Notes what flows say and nobody could follow. */
export function noteFlows(
  flows: readonly FlowRule[],
  entries: readonly EntryOf<Keys>[],
  context: JoinContext,
): void {
  for (const flow of flows) {
    notePace(flow, context);
    noteSteps(flow, context);
  }
  noteCycles(flows, entries, context);
}

const placeOf = ({ entry }: FlowRule, ...rest: readonly string[]): readonly string[] => [
  "operations",
  String(entry),
  "flow",
  ...rest,
];

function notePace(flow: FlowRule, { identified, note }: JoinContext): void {
  const { leastMs, steps, withinMs } = flow;
  if (!identified)
    note(placeOf(flow), "steps are remembered of who has signed in, and no issuer is named", {
      expected: "identity: { issuer: https://..., audience: ... }",
    });
  if (leastMs * steps.length > withinMs)
    note(
      placeOf(flow, "least"),
      `nobody can be in time: ${steps.length} times ${leastMs / 1000} s is more than the ${withinMs / 1000} s of within`,
      { expected: "a shorter least, or a longer within" },
    );
  else if (withinMs === 0)
    note(placeOf(flow, "within"), "no step is ever in time", { expected: "such as 30m" });
}

function noteSteps(flow: FlowRule, { note, operations }: JoinContext): void {
  const { steps } = flow;
  if (steps.length > mostFlowSteps)
    note(placeOf(flow, "after"), `a flow has at most ${mostFlowSteps} steps`, {
      expected: "the steps that matter",
    });
  const names = operations.flatMap(({ key, operationId }) => [key, operationId ?? key]);
  for (const [index, step] of steps.entries()) {
    const place = placeOf(flow, "after", String(index));
    if (step === "*" || !operations.some((one) => compileMatch(step)(one) !== undefined)) {
      const meant = step === "*" ? undefined : nearest(step, names);
      note(place, `the step '${step}' is no operation`, {
        expected: "an operationId or METHOD /path",
        ...(meant === undefined ? {} : { mend: `Did you mean '${meant}'?` }),
      });
    } else if (steps.indexOf(step) !== index)
      note(place, `the step '${step}' stands twice`, { expected: "each step once" });
  }
}

/** An operation can be reached where one operation of each of its steps can be. */
function noteCycles(
  flows: readonly FlowRule[],
  entries: readonly EntryOf<Keys>[],
  { note, operations }: JoinContext,
): void {
  const select = compileSelection(entries);
  const ruleOf = new Map<Operation, FlowRule>();
  for (const operation of operations) {
    const found = closestOf(select(operation), "flow");
    const rule = flows.find(({ entry }) => entry === found?.index);
    if (rule !== undefined) ruleOf.set(operation, rule);
  }
  const stepsOf = new Map(
    flows.map((rule) => [
      rule,
      rule.steps.map((step) => operations.filter((one) => compileMatch(step)(one) !== undefined)),
    ]),
  );
  const open = new Set(operations.filter((operation) => !ruleOf.has(operation)));
  for (let before = -1; before !== open.size; ) {
    before = open.size;
    for (const [operation, rule] of ruleOf)
      if (stepsOf.get(rule)?.every((ways) => ways.some((way) => open.has(way))) === true)
        open.add(operation);
  }
  for (const [operation, rule] of ruleOf) {
    if (open.has(operation)) continue;
    const index = stepsOf.get(rule)?.findIndex((ways) => !ways.some((way) => open.has(way))) ?? -1;
    // A step that is no operation is named as such.
    if (stepsOf.get(rule)?.[index]?.length === 0) continue;
    note(
      placeOf(rule, "after", String(index)),
      `nobody can begin: '${operation.key}' comes after '${rule.steps[index]}', which comes after it`,
      { expected: "steps that can be taken before" },
    );
  }
}
