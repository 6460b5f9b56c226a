import { steadyMs } from "@portcullis/guard/state";
import { uptime } from "node:os";
import { tellTime } from "../gate/judged-clock.ts";
import { ClockWatch } from "../watch/clock-watch.ts";
import type { Serving } from "./serving.ts";
import type { Gauge } from "../watch/prometheus.ts";

const lookEveryMs = 1000;

export interface ClockKeeping {
  /** @param aheadMs how far the other machine's clock is ahead of the one that threads share */
  hear(witness: string, aheadMs: number): void;
  readonly gauge: () => Gauge;
}

/** Judges what time it is, and says so to the gate threads. */
export function keepClock(
  memory: SharedArrayBuffer,
  serving: Pick<Serving, "plan">,
  onMoved: (why: string | undefined) => void,
): ClockKeeping {
  const watch = new ClockWatch({
    wallMs: () => Date.now(),
    // Of the system's clocks that nobody sets, the one that goes on while the machine sleeps.
    steadyMs: () => uptime() * 1000,
    issuesHere: () => serving.plan.controls.authentication?.builtin === true,
    onTime: (now, doubt) => tellTime(memory, now, doubt),
    onMoved,
  });
  setInterval(() => watch.look(), lookEveryMs).unref();
  return {
    hear: (witness, aheadMs) => watch.hear(witness, steadyMs() + aheadMs),
    gauge: () => ({
      name: "portcullis_clock_apart_seconds",
      help: "How far a clock is ahead of the time by which tokens are judged.",
      type: "gauge",
      value: Object.entries(watch.apartSeconds()).map(([clock, value]) => ({
        labels: { clock },
        value,
      })),
    }),
  };
}
