/** What every bucket says of itself. */
interface OfEveryBucket {
  /** Names the limit; buckets of one limit are told apart by `who`. */
  readonly limit: string;
  /** Whom it counts. */
  readonly who: string;
  /** How many of it the request takes; more than 0. */
  readonly cost: number;
  /**
   * Whose doing it is that there is such a bucket, where callers choose what it counts: each of them
   * may have no more than a share of the room. Undefined where nobody chooses.
   */
  readonly inventors?: readonly string[] | undefined;
  /**
   * While what nodes share is lost: counted by each process alone, or not at all, so that the
   * request is refused.
   */
  readonly onLoss: "local" | "deny";
}

/** An allowance that refills evenly: `burst` at once, one more every `intervalMs`. */
export interface RateBucket extends OfEveryBucket {
  readonly kind: "rate";
  readonly intervalMs: number;
  readonly burst: number;
  /**
   * The longest that any caller's form of this limit takes to be full again. A bucket that is
   * shared by callers with different bounds keeps what was taken up to this, so that asking under
   * the smaller bounds does not empty what was counted under the larger ones.
   */
  readonly deepestMs: number;
}

/** An allowance for a window that ends at a time of the calendar, or never. */
export interface QuotaBucket extends OfEveryBucket {
  readonly kind: "quota";
  readonly most: number;
  /** What time the asker says it is, in milliseconds since 1970. */
  readonly atMs: number;
  /** When the window ends, by the same clock; or `neverEnds`. */
  readonly endsAtMs: number;
  /** How long the window is; used where the asker's clock is behind the clock of the state. */
  readonly lengthMs: number;
}

/** How many requests may be in flight. What was taken is held until it is given back. */
export interface ConcurrentBucket extends OfEveryBucket {
  readonly kind: "concurrent";
  readonly cost: 1;
  readonly most: number;
}

export type Bucket = RateBucket | QuotaBucket | ConcurrentBucket;

/** The end of a window that does not end: the latest time that a Date can hold. */
export const neverEnds = 8.64e15;

/** What buckets of one limit under one bound have alike. */
export type RateForm = Omit<RateBucket, "inventors" | "kind" | "who">;

/**
 * A bucket of a form that nobody invents: requests take from several, and each holds no more than
 * whom it counts. What it says of itself is read by name, and is lost where it is spread.
 */
export class FormedBucket implements RateBucket {
  readonly who: string;
  readonly form: RateForm;

  constructor(form: RateForm, who: string) {
    this.form = form;
    this.who = who;
  }

  get kind(): "rate" {
    return "rate";
  }

  get inventors(): undefined {
    return undefined;
  }

  get limit(): string {
    return this.form.limit;
  }

  get cost(): number {
    return this.form.cost;
  }

  get onLoss(): RateBucket["onLoss"] {
    return this.form.onLoss;
  }

  get intervalMs(): number {
    return this.form.intervalMs;
  }

  get burst(): number {
    return this.form.burst;
  }

  get deepestMs(): number {
    return this.form.deepestMs;
  }
}

/** A bucket of a limit that no caller has in another form. */
export const rateBucket = (
  limit: string,
  who: string,
  { burst, cost = 1, intervalMs }: Pick<RateBucket, "burst" | "intervalMs"> & { cost?: number },
): RateBucket => ({
  kind: "rate",
  limit,
  who,
  cost,
  onLoss: "local",
  intervalMs,
  burst,
  deepestMs: burst * intervalMs,
});

/** More than can have been taken of a bucket. */
export const allOf = (bucket: Bucket): number =>
  bucket.kind === "rate" ? bucket.deepestMs / bucket.intervalMs + 1 : Number.MAX_SAFE_INTEGER;

export interface Taken {
  /** The first bucket that had not enough left; -1 when every bucket gave. */
  readonly refusedBy: number;
  /**
   * How long until the refusing bucket has enough again. 0 where only its window's end or somebody
   * else's answer can tell.
   */
  readonly waitMs: number;
  /** What each bucket has left, in the order asked; empty when one refused. */
  readonly remaining: readonly number[];
  /**
   * Says what the request has really cost of one bucket, in the order asked: what was taken beyond
   * it is given back, and what is missing is taken as far as the bucket has it. 0 gives everything
   * back. It holds where the bucket was taken from, whatever serves by then, and nobody waits for
   * it. Does nothing when one refused.
   */
  settle(index: number, cost: number): void;
}

/**
 * Where requests are counted. A request takes from every bucket or from none; what it took is held
 * as spent until it is settled, and stays spent if it never is, but that a place among requests in
 * flight lapses when the thread or node that held it has ended. Exact across everything that shares
 * the state; each implementation keeps time by its own clock, so that no caller and no step of the
 * wall clock can move it.
 */
export interface LimitState {
  takeAll(buckets: readonly Bucket[]): Taken | Promise<Taken>;
  /**
   * Makes a bucket as full as if nobody had ever taken of it, wherever it is kept. Requests in flight
   * keep their places.
   *
   * @throws Error where what keeps it cannot be told
   */
  giveBack(bucket: Bucket): Promise<void>;
  /**
   * Takes from one bucket for good, where nobody has to be asked and nothing is to be settled.
   *
   * @returns 0, or how long in milliseconds until it has enough
   */
  takeOne?(bucket: RateBucket): number;
  close(): Promise<void>;
}
