import { limitProblems } from "@portcullis/guard/problems";
import type { Gauge, LabelledValue } from "../watch/prometheus.ts";
import type { DecisionCount } from "../watch/request-counts.ts";

const codes: ReadonlySet<string> = new Set(Object.keys(limitProblems));

/** What limits have refused, or would have, over all builds of the apps. */
export function limitRefusals(decisions: readonly DecisionCount[]): Gauge {
  const rows = new Map<string, LabelledValue>();
  for (const { code, count, mode, operation } of decisions) {
    if (!codes.has(code)) continue;
    const key = `${operation}\n${code}\n${mode}`;
    const value = (rows.get(key)?.value ?? 0) + count;
    rows.set(key, { labels: { operation, code, mode }, value });
  }
  return {
    name: "portcullis_limit_refusals_total",
    help: "Requests that a limit refused, enforced or only observed, by operation and code.",
    type: "counter",
    value: [...rows.values()],
  };
}
