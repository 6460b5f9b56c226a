import type { Operation } from "../../document/api-document.ts";
import { compileMatch } from "../../policy/select-operations.ts";
import type { Finding, FindingAt, Words } from "../control.ts";
import type { FlowPlan, FlowRule, OperationFlow } from "./plan.ts";

const told = (ms: number): string => (ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1000}s`);

const ruleOf = ({ entry }: OperationFlow, { flows }: FlowPlan): FlowRule | undefined =>
  flows.find((one) => one.entry === entry);

export const words: Words<FlowPlan, OperationFlow> = {
  column: {
    key: "flow",
    place: 6,
    title: "FLOW",
    isShown: ({ flows }) => flows.length > 0,
    cell(own, _operation, plan) {
      const rule = ruleOf(own, plan);
      if (rule === undefined) return "-";
      const { isRepeated, leastMs, steps, withinMs } = rule;
      return (
        `after ${steps.join(", ")} within ${told(withinMs)}` +
        (leastMs === 0 ? "" : `, ${told(leastMs)} each`) +
        (isRepeated ? ", repeated" : "")
      );
    },
  },
  findings(own, at, plan) {
    const rule = ruleOf(own, plan);
    return rule === undefined ? [] : findingsOf(rule, at);
  },
};

/** Where the document's links lead another way than the flow. */
function findingsOf({ steps }: FlowRule, { name, operation, operations }: FindingAt): Finding[] {
  const isLinked = (from: Operation, to: Operation): boolean =>
    from.links?.some((link) => link === to.operationId || link === to.key) === true;
  const way = [
    ...steps.map((step) => operations.filter((one) => compileMatch(step)(one) !== undefined)),
    [operation],
  ];
  const titles = [...steps, name];
  const linked = (from: number, to: number): boolean =>
    way[from]?.some((one) => way[to]?.some((other) => isLinked(one, other))) === true;
  return titles.flatMap((title, from) =>
    titles.flatMap((other, to): Finding[] => {
      if (!linked(from, to)) return [];
      const what = `${name} (${title} links to ${other})`;
      if (to < from && !linked(to, from))
        return [{ kind: "[have|has] a flow against the document's links", what }];
      if (to > from + 1 && !linked(from, from + 1))
        return [{ kind: "[have|has] a flow with a step that the document's links skip", what }];
      return [];
    }),
  );
}
