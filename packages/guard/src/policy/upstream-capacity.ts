import type { NoteFault, PolicyPath } from "./join-context.ts";
import { object, optional, type ReadFields } from "./object-shape.ts";
import { duration, integer, type Read, scalar, scalarOr } from "./shape.ts";

const [leastConcurrency, mostConcurrency] = [2, 65_536];

const concurrencyBounds = object({
  least: optional(integer(1, 65_536), "What is let through at least, however slow they are (2)."),
  most: optional(integer(1, 65_536), "What is let through at most, however fast they are (65536)."),
});

const concurrency = scalarOr(
  scalar(
    "auto, or a whole number from 1 to 65536",
    (value): "auto" | number | undefined => {
      if (value === "auto") return value;
      const isCount = typeof value === "number" && Number.isInteger(value);
      return isCount && value >= 1 && value <= mostConcurrency ? value : undefined;
    },
    { type: ["string", "integer"] },
  ),
  concurrencyBounds,
);

const queue = object({
  wait: optional(
    duration,
    "The longest that a request waits (1s; 100ms where concurrency is set).",
  ),
  most: optional(integer(0, 100_000), "How many wait for each backend, for each thread (256)."),
});

/** How much is asked of backends at once, and how long requests wait for them. */
export const capacityKeys = {
  concurrency: optional(
    concurrency,
    "Requests that each backend works on at once, over all gate threads: a number, or auto: found " +
      "by measuring. Without it any number; auto where an operation names a priority.",
  ),
  queue: optional(
    scalarOr(integer(0, 100_000), queue),
    "Requests that may wait for each backend, for each thread (256), and how long.",
  ),
  queueTimeout: optional(duration, "The same as queue.wait."),
};
export type CapacitySetting = ReadFields<typeof capacityKeys>;

export interface ConcurrencyBounds {
  readonly least: number;
  readonly most: number;
}

/** `concurrency: auto`. */
export const foundConcurrency: ConcurrencyBounds = Object.freeze({
  least: leastConcurrency,
  most: mostConcurrency,
});

/** The same as the plan holds it. */
export interface UpstreamCapacity {
  /** Requests in flight at each backend, over all threads; the same twice: a fixed bound. */
  readonly concurrency: ConcurrencyBounds | undefined;
  readonly queue: number | undefined;
  readonly queueTimeoutMs: number | undefined;
}

export function planCapacity(setting: CapacitySetting): UpstreamCapacity {
  const { concurrency: bounds, queue: waiting, queueTimeout } = setting;
  const asked = typeof waiting === "object" ? waiting : { most: waiting, wait: undefined };
  return {
    concurrency: bounds === undefined ? undefined : boundsOf(bounds),
    queue: asked.most,
    queueTimeoutMs: asked.wait ?? queueTimeout,
  };
}

function boundsOf(setting: Read<typeof concurrency>): ConcurrencyBounds {
  if (setting === "auto") return foundConcurrency;
  if (typeof setting === "number") return { least: setting, most: setting };
  return { ...foundConcurrency, ...setting };
}

/** What no shape can see of one key alone. */
export function noteUnfitCapacity(
  setting: CapacitySetting | string,
  at: PolicyPath,
  note: NoteFault,
): void {
  if (typeof setting === "string") return;
  const { concurrency: bounds, queue: waiting, queueTimeout } = setting;
  if (typeof waiting === "object" && waiting.wait !== undefined && queueTimeout !== undefined)
    note([...at, "queueTimeout"], "how long requests wait is said twice", {
      expected: "queue: { wait: 100ms }, or queueTimeout: 100ms",
    });
  if (bounds === undefined) return;
  const { least, most } = boundsOf(bounds);
  if (least > most)
    note([...at, "concurrency"], `at least ${least} is more than at most ${most}`, {
      expected: "least: 8, most: 1000",
    });
}
