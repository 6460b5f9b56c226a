import type { Mutant } from "../mutant.ts";

const src = "packages/server/src/upstream";
const outliers = [`${src}/outlier-watch.test.ts`];
const capacity = [`${src}/capacity.test.ts`];
const pool = [`${src}/upstream-pool.test.ts`];
const decisions = [`${src}/decision-point.test.ts`];
const failing = ["test/faults/failing-backends.test.ts"];
const slow = [`${src}/slow-caller-buffer.test.ts`];

/** What is sent to backends, how often, and how much of it is kept. */
export const backends: readonly Mutant[] = [
  {
    file: `${src}/sending-parts.ts`,
    find: 'return kind === "unsent" ? !hasStream(request) : request.repeatable;',
    put: "return !hasStream(request);",
    breaks: "What may have been done is not sent again.",
    tests: failing,
  },
  {
    file: `${src}/sending.ts`,
    find: 'outcome === "failed" && this.#request.repeatable && this.#mayTryAgain("answered")',
    put: 'outcome === "failed" && this.#mayTryAgain("answered")',
    breaks: "A write that was answered 503 is not sent to another backend.",
    tests: pool,
  },
  {
    file: `${src}/sending.ts`,
    find: "return isFirst && isThere && budget.spend();",
    put: "return isFirst && isThere;",
    breaks: "A backend's bad minute does not become a storm of second tries.",
    tests: pool,
  },
  {
    file: `${src}/retry-budget.ts`,
    find: "if (this.#saved < 1) return false;",
    put: "",
    breaks: "Second tries are a share of what is sent.",
    tests: [`${src}/retry-budget.test.ts`],
  },
  {
    file: `${src}/outlier-watch.ts`,
    find: "const mostInRow = 5;",
    put: "const mostInRow = 50;",
    breaks: "A backend that fails five times in a row rests.",
    tests: outliers,
  },
  {
    file: `${src}/outlier-watch.ts`,
    find: "this.#onTrial ? 1 : mostInRow",
    put: "mostInRow",
    breaks: "A backend that has just come back rests again at its first failure.",
    tests: outliers,
  },
  {
    file: `${src}/outlier-watch.ts`,
    find: "this.#asked >= leastJudged && this.#bad >= this.#asked * mostShare",
    put: "this.#bad >= this.#asked * mostShare",
    breaks: "A backend is not judged by a handful of answers.",
    tests: outliers,
  },
  {
    file: `${src}/outlier-watch.ts`,
    find: "firstRestMs * 2 ** this.#rests, longestRestMs",
    put: "firstRestMs * 2 ** this.#rests, 100 * longestRestMs",
    breaks: "No backend rests for longer than a minute.",
    tests: outliers,
  },
  {
    file: `${src}/backend.ts`,
    find: "if (resting + 1 <= this.all.length / 2) backend.outliers.rest(now);",
    put: "if (resting + 1 <= this.all.length) backend.outliers.rest(now);",
    breaks: "Never more than half of the backends rest.",
    tests: [`${src}/backend.test.ts`],
  },
  {
    file: `${src}/capacity.ts`,
    find: "if (own >= Math.max(1, mostWaiting / 4)) return why;",
    put: "",
    breaks: "One caller does not fill the queue before the backends.",
    tests: capacity,
  },
  {
    file: `${src}/capacity.ts`,
    find: "if (waiting < mostWaiting) return undefined;",
    put: "if (waiting < mostWaiting * 1000) return undefined;",
    breaks: "The queue before the backends has an end.",
    tests: capacity,
  },
  {
    file: `${src}/capacity.ts`,
    find: "return this.#nextOf(under) ?? this.#nextOf(always);",
    put: "return this.#nextOf(always);",
    breaks: "While others wait, one caller has no more than a quarter of the places.",
    tests: capacity,
  },
  {
    file: `${src}/slow-caller-buffer.ts`,
    find: "return this.#bytes < mostOfOne && pieces > 0;",
    put: "return pieces > 0;",
    breaks: "Of one answer no more is kept for a slow caller than is said.",
    tests: slow,
  },
  {
    file: `${src}/slow-caller-buffer.ts`,
    find: "return this.#bytes < mostOfOne && pieces > 0;",
    put: "return this.#bytes < mostOfOne;",
    breaks: "Of all answers no more is kept for slow callers than is said.",
    tests: slow,
  },
  {
    file: `${src}/decision-point.ts`,
    find: 'if (typeof allowed === "string") return allowed;',
    put: 'if (typeof allowed === "string") return true;',
    breaks: "A decision point that fails has allowed nothing.",
    tests: decisions,
  },
  {
    file: `${src}/decision-point.ts`,
    find: "const key = JSON.stringify(question);",
    put: "const key = question.id;",
    breaks: "What a decision point has said of one subject is not remembered of another.",
    tests: decisions,
  },
];
