/** A sequential probability ratio test (Wald 1945): outcomes come one by one, each good or bad. */
export interface SequentialTest {
  /** What a bad outcome adds to the log-likelihood ratio, and what a good one does. */
  readonly bad: number;
  readonly good: number;
  /** At this much the test says attack. */
  readonly flag: number;
}

export interface TestShares {
  /** The share of bad outcomes of honest people. */
  readonly usual: number;
  /** The share of bad outcomes of an attack. */
  readonly attack: number;
  /** How often the test may be wrong about an honest key. */
  readonly errorRate: number;
}

export const sequentialTest = ({ attack, errorRate, usual }: TestShares): SequentialTest => ({
  bad: Math.log(attack / usual),
  good: Math.log((1 - attack) / (1 - usual)),
  flag: Math.log(1 / errorRate),
});

/** A long good past must not buy a free attack. */
const floor = -4.6;

/** The log-likelihood ratio behind one more outcome. */
export const advance = ({ bad, good }: SequentialTest, ratio: number, isBad: boolean): number =>
  Math.max(floor, ratio + (isBad ? bad : good));
