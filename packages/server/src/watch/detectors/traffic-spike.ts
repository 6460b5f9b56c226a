import { HourOfWeek } from "../sketches/hour-of-week.ts";
import type { Detector, DetectorFacts } from "./detector.ts";
import type { TellEvidence } from "./evidence.ts";
import type { Seen } from "./seen.ts";

export interface SpikeParameters {
  /** So many times as many as usual, at least. */
  readonly times: number;
}

export const facts: DetectorFacts = {
  name: "trafficSpike",
  kind: "traffic-spike",
  key: "an operation",
  statistic:
    "requests in buckets of five minutes against what is usual at this hour of the week, or of the day in the first week: three buckets in a row beyond six deviations of the logarithm",
  blindTo: "the first two days, a rise below twice what is usual, and operations that few ask for",
  roles: [],
};

const mostOperations = 256;
const bucketMs = 5 * 60_000;
const least = 100;
const inARow = 3;
const deviations = 6;
const learnsBelow = 3;
const tellEveryMs = 6 * 3_600_000;

interface Heard {
  readonly usual: HourOfWeek;
  count: number;
  high: number;
  toldMs: number;
}

/** Far more requests than are usual at this hour of the week. */
export class TrafficSpike implements Detector {
  readonly #parameters: SpikeParameters;
  readonly #tell: TellEvidence;
  readonly #operations = new Map<string, Heard>();
  #endsMs = Number.NEGATIVE_INFINITY;

  constructor(parameters: SpikeParameters, tell: TellEvidence) {
    this.#parameters = parameters;
    this.#tell = tell;
  }

  get bytes(): number {
    return mostOperations * (HourOfWeek.bytes + 64);
  }

  note({ operation, timeMs }: Seen): void {
    this.turn(timeMs);
    let heard = this.#operations.get(operation);
    if (heard === undefined) {
      if (this.#operations.size >= mostOperations) return;
      const toldMs = Number.NEGATIVE_INFINITY;
      heard = { usual: new HourOfWeek(), count: 0, high: 0, toldMs };
      this.#operations.set(operation, heard);
    }
    heard.count += 1;
  }

  /** Ends the bucket whose time is over. What nobody has watched teaches nothing. */
  turn(nowMs: number): void {
    if (nowMs < this.#endsMs) return;
    if (nowMs - this.#endsMs < bucketMs)
      for (const [operation, heard] of this.#operations) this.#judge(operation, heard);
    for (const heard of this.#operations.values()) heard.count = 0;
    this.#endsMs = nowMs + bucketMs - (nowMs % bucketMs);
  }

  void(): void {
    this.#endsMs = Number.NEGATIVE_INFINITY;
    for (const heard of this.#operations.values()) heard.high = 0;
  }

  #judge(operation: string, heard: Heard): void {
    const atMs = this.#endsMs - bucketMs;
    const { count, usual } = heard;
    const { deviation, expected } = usual.judge(count, atMs);
    const isHigh =
      expected !== undefined &&
      count >= least &&
      deviation > deviations &&
      count > expected * this.#parameters.times;
    heard.high = isHigh ? heard.high + 1 : 0;
    // What is unusual is not learned while it is: neither an attack nor a campaign is the rule.
    if (deviation < learnsBelow) usual.learn(count, atMs);
    if (heard.high < inARow || expected === undefined) return;
    if (this.#endsMs - heard.toldMs < tellEveryMs) return;
    heard.toldMs = this.#endsMs;
    this.#report(operation, count, expected);
  }

  #report(operation: string, count: number, expected: number): void {
    const times = count / Math.max(1, expected);
    this.#tell({
      detector: facts.name,
      kind: facts.kind,
      family: "health",
      operation,
      atMs: this.#endsMs,
      key: { kind: "everybody", hash: 0 },
      severity: times >= 10 ? "medium" : "low",
      summary: `${operation} is asked for ${times.toFixed(0)} times as often as is usual at this hour.`,
      observed: `${count} requests in five minutes, for the third time in a row`,
      baseline: `${Math.round(expected)} are usual at this hour, as was learned here`,
      errorRate: undefined,
      falseIf: `this is a campaign of yours, or a release: detect: { trafficSpike: { times: ${Math.ceil(times * 2)} } }`,
      isPart: (kept) => kept.operation === operation,
    });
  }
}
