import { SharedPressure, type SharedPressureTable } from "@portcullis/guard/state";
import { networkOf } from "@portcullis/guard/tokens";
import { Pressing } from "../admin/pressure/pressing.ts";
import type { PlanSummary } from "../policy/planned.ts";
import type { Gauge } from "../watch/prometheus.ts";

/** Pressure as the control thread sees it, by the plan that serves. */
export class PressureNow {
  readonly #table: SharedPressureTable;
  readonly #planNow: () => PlanSummary;

  constructor(table: SharedPressureTable, planNow: () => PlanSummary) {
    this.#table = table;
    this.#planNow = planNow;
  }

  /** The port through which detectors and operators raise and lift it. */
  get port(): SharedPressure {
    const { quietMs, steps } = this.#planNow().controls.pressure;
    return new SharedPressure(this.#table, { steps: steps.length, quietMs });
  }

  pressing(): Pressing {
    return new Pressing(() => {
      const { isAsked, steps } = this.#planNow().controls.pressure;
      return { isAsked, steps, port: this.port, networkOf };
    });
  }

  gauge(): Gauge {
    return {
      name: "portcullis_pressure_subjects",
      help: "Callers whose requests to a class of operations cost more, by step.",
      type: "gauge",
      value: this.port
        .counts()
        .map((value, index) => ({ labels: { step: String(index + 1) }, value })),
    };
  }
}
