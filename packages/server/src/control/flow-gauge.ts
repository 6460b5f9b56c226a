import { flowEvictionsOf, type SharedFlowTable } from "@portcullis/guard/state";
import type { Gauge } from "../watch/prometheus.ts";

/** How often somebody on their way through a flow has lost their steps to somebody else. */
export const flowGauge = (table: SharedFlowTable): Gauge => ({
  name: "portcullis_flow_evictions_total",
  help: "Sessions whose steps through a flow made room before their time.",
  type: "counter",
  value: flowEvictionsOf(table),
});
