/** One allowance that a request takes from: `burst` at once, one more every `intervalMs`. */
export interface Bucket {
  /** Names the limit and whom it counts; unique across limits. */
  readonly key: string;
  readonly intervalMs: number;
  readonly burst: number;
}

export interface Taken {
  /** The first bucket that had nothing left; -1 when every bucket gave. */
  readonly refusedBy: number;
  /** How long until the refusing bucket has one again. */
  readonly waitMs: number;
  /** What each bucket has left, in the order asked. */
  readonly remaining: readonly number[];
}

/**
 * Where requests are counted. One is taken from every bucket or from none. Exact across everything
 * that shares the state; each implementation keeps time by its own clock, so that no caller and no
 * step of the wall clock can move it.
 */
export interface LimitState {
  takeAll(buckets: readonly Bucket[]): Taken | Promise<Taken>;
  close(): Promise<void>;
}
