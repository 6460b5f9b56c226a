import { steadyMs } from "@portcullis/guard/state";
import type { SpendingTold, Spent } from "./spending.ts";

/** What callers can be told apart by. */
export const spenderKinds = ["user", "address", "operation"] as const;
export type SpenderKind = (typeof spenderKinds)[number];

/** Somebody, or an operation, and what was asked for in the last minute. */
export interface Spender {
  /** `user:ann` or `address:203.0.113.9`, as `portcullis limits` takes it; or an operation. */
  readonly who: string;
  readonly requests: number;
  /** What the limits say that they cost. */
  readonly cost: number;
  /** How many of them were refused because they were too many. */
  readonly held: number;
}

export interface TopSpenders {
  readonly items: readonly Spender[];
  /** Of all there were, named or not. */
  readonly requests: number;
  readonly cost: number;
  /** Whether there were so many requests that only some of them were looked at. */
  readonly isEstimated: boolean;
}

type Sum = Omit<Spender, "who">;
type Sums = Map<string, { requests: number; cost: number; held: number }>;

interface Cell {
  /** Which tenth second it is of. */
  at: number;
  readonly sums: Readonly<Record<SpenderKind, Sums>>;
  readonly total: { requests: number; cost: number; held: number };
  isSampled: boolean;
}

const cellMs = 10_000;
/** The cell that is being filled, and those of a minute before it. */
const mostCells = 7;
/** Callers of a cell; beyond twice as many those who spend least are let go. */
const mostKept = 8192;

/** Who spends most, over all threads of this node, in the last minute. Fixed memory. */
export class Spenders {
  readonly #now: () => number;
  #cells: Cell[] = [];

  constructor(now: () => number = steadyMs) {
    this.#now = now;
  }

  merge({ isSampled, spent }: SpendingTold): void {
    const cell = this.#cellNow();
    if (isSampled) cell.isSampled = true;
    for (const one of spent) {
      add(cell.total, one);
      for (const kind of spenderKinds) {
        const who = whoOf(one, kind);
        if (who !== undefined) add(sumOf(cell.sums[kind], who), one);
      }
    }
    for (const kind of spenderKinds) forgetLeast(cell.sums[kind]);
  }

  top(kind: SpenderKind, most: number): TopSpenders {
    this.#cellNow();
    const all: Sums = new Map();
    const total = { requests: 0, cost: 0, held: 0 };
    for (const cell of this.#cells) {
      add(total, cell.total);
      for (const [who, sum] of cell.sums[kind]) add(sumOf(all, who), sum);
    }
    const items = [...all]
      .map(([who, sum]) => ({ who, ...sum }))
      .toSorted((one, other) => other.cost - one.cost || (one.who < other.who ? -1 : 1))
      .slice(0, most);
    const { cost, requests } = total;
    return { items, requests, cost, isEstimated: this.#cells.some((cell) => cell.isSampled) };
  }

  #cellNow(): Cell {
    const at = Math.floor(this.#now() / cellMs);
    this.#cells = this.#cells.filter((cell) => at - cell.at < mostCells);
    let cell = this.#cells.at(-1);
    if (cell?.at !== at) {
      cell = {
        at,
        sums: { user: new Map(), address: new Map(), operation: new Map() },
        total: { requests: 0, cost: 0, held: 0 },
        isSampled: false,
      };
      this.#cells.push(cell);
    }
    return cell;
  }
}

/** Whoever has not signed in is somebody at an address, and no user. */
function whoOf({ address, operation, user }: Spent, kind: SpenderKind): string | undefined {
  if (kind === "operation") return operation;
  if (kind === "address") return `address:${address}`;
  return user === undefined ? undefined : `user:${user}`;
}

function sumOf(sums: Sums, who: string): { requests: number; cost: number; held: number } {
  let sum = sums.get(who);
  if (sum === undefined) sums.set(who, (sum = { requests: 0, cost: 0, held: 0 }));
  return sum;
}

function add(to: { requests: number; cost: number; held: number }, more: Sum): void {
  to.requests += more.requests;
  to.cost += more.cost;
  to.held += more.held;
}

function forgetLeast(sums: Sums): void {
  if (sums.size <= 2 * mostKept) return;
  const least = [...sums].toSorted(([, one], [, other]) => other.cost - one.cost).slice(mostKept);
  for (const [who] of least) sums.delete(who);
}
