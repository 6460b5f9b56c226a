import { parseArgs } from "node:util";
import { envoyGradient, fixed, found, gradient2, type Limiter, none } from "./capacity/limiters.ts";
import { type Outcome, type Scenario, simulate } from "./capacity/simulate.ts";

/**
 * What is answered in time by a backend of so many workers, for each way to say how many requests it
 * should work on at once. In virtual time, the same for the same seeds.
 */
const { values } = parseArgs({
  options: {
    workers: { type: "string", default: "8,32,200" },
    seeds: { type: "string", default: "5" },
    seconds: { type: "string", default: "60" },
    start: { type: "string", default: "20" },
  },
});
const seconds = Number(values.seconds);
const start = Number(values.start);
const seeds = Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
/** Everybody comes in the first moment, to a backend that is still slow then. */
const burst = { requests: 500, coldMs: 2000, times: 3 };
const slower = { from: 0.4, until: 0.7, times: 3 };
const loads: readonly (readonly [string, Pick<Scenario, "burst" | "load" | "slower">])[] = [
  ["0.5", { load: 0.5 }],
  ["3", { load: 3 }],
  ["3 from the first moment on", { load: 3, burst }],
  ["0.7, three times slower for a while", { load: 0.7, slower }],
];
const limiters: readonly (readonly [string, () => Limiter])[] = [
  ["found (Portcullis)", () => found(start)],
  ["Gradient2, windows of 1 s", () => gradient2(start, 1000)],
  ["Gradient2, per sample", () => gradient2(start, 0)],
  ["Envoy's gradient", () => envoyGradient(start)],
  ["none", none],
];
const fixedShares = [0.9, 1, 1.1, 1.25, 1.5];

interface Row {
  readonly shed: number;
  readonly good: number;
  readonly critical: number;
  readonly p99Ms: number;
}

function rowOf(outcomes: readonly Outcome[]): Row {
  const sum = (of: (one: Outcome) => number): number =>
    outcomes.reduce((total, one) => total + of(one), 0);
  return {
    shed: sum(({ shed }) => shed),
    good: sum(({ good }) => good),
    critical: sum(({ criticalGood }) => criticalGood) / sum(({ criticalAsked }) => criticalAsked),
    p99Ms: Math.max(...outcomes.map(({ criticalP99Ms }) => criticalP99Ms)),
  };
}

const run = (scenario: Omit<Scenario, "seed">, limiter: () => Limiter): Row =>
  rowOf(seeds.map((seed) => simulate({ ...scenario, seed }, limiter())));

for (const workers of values.workers.split(",").map(Number)) {
  const idle = run({ workers, load: 0.1, seconds: Math.min(20, seconds) }, none);
  for (const [words, load] of loads) {
    const scenario = { ...load, workers, seconds };
    const best = fixedShares
      .map((share) => run(scenario, () => fixed(Math.round(workers * share))))
      .reduce((a, b) => (b.good > a.good ? b : a));
    console.log(`\n${workers} workers, load ${words}; unloaded p99 ${idle.p99Ms.toFixed(0)} ms`);
    console.log("| limit | goodput, of the best fixed | shed | critical in time | critical p99 |");
    console.log("|---|---|---|---|---|");
    const rows = [["best fixed", best] as const].concat(
      limiters.map(([name, limiter]) => [name, run(scenario, limiter)] as never),
    );
    for (const [name, { critical, good, p99Ms, shed }] of rows)
      console.log(
        `| ${name} | ${(good / best.good).toFixed(3)} | ${shed} | ${(critical * 100).toFixed(2)} % | ${(p99Ms / idle.p99Ms).toFixed(2)} x |`,
      );
  }
}
