/** For how many people what they were shown is remembered. */
export interface ProvenanceSize {
  /** Callers whose ids are kept for certain, those seen latest. */
  readonly callers: number;
  /** Ids of each that are kept for certain, those shown latest. */
  readonly idsEach: number;
  /** Ids of one caller that are kept at most, where others leave room. */
  readonly mostEach: number;
}

/** How many rows, or older ids, stand in a set. */
export const ways = 16;
/** Words of a row's head: who, and when with how many. */
export const headWords = 3;

/** Callers fall into sets by chance: an eighth more rows keeps each of them a place. */
const rowsForCallers = 1.125;
/** Room for what callers with more than their ids were shown before, of what all are sure of. */
const olderShare = 0.25;

/** How the memory is laid out, in words of four bytes. */
export interface ProvenanceLayout {
  readonly rowSets: number;
  /** Words of one row's ids. */
  readonly rowWords: number;
  readonly olderSets: number;
  /** Sets, twice, into which the older ids of one caller fall. */
  readonly olderSetsPerCaller: number;
  /** Ids that the memory is sure of. */
  readonly ids: number;
  readonly bytes: number;
}

export function sizeOfProvenance({ callers, idsEach, mostEach }: ProvenanceSize): ProvenanceLayout {
  const rowSets = Math.ceil((callers * rowsForCallers) / ways);
  // Four bytes of each id's fingerprint, and the fifth ones behind them.
  const rowWords = idsEach + Math.ceil(idsEach / 4);
  const ids = callers * idsEach;
  const more = Math.max(0, mostEach - idsEach);
  const olderSetsPerCaller = Math.ceil(more / (2 * ways));
  const olderSets =
    more === 0 ? 0 : Math.max(2 * olderSetsPerCaller, Math.ceil((ids * olderShare) / ways));
  const rows = rowSets * ways;
  const words = rows * (headWords + rowWords) + olderSets * ways * 2 + rowSets + olderSets;
  return { rowSets, rowWords, olderSets, olderSetsPerCaller, ids, bytes: words * 4 };
}

/**
 * How probable it is that an id which should be kept for certain is forgotten: that of as many
 * callers as the memory is made for, one finds both of its sets full, so that another must go. The
 * mean-field limit of two choices: the share of sets with at least i rows grows by what arrives at
 * two sets with i-1, less what arrives at two with i.
 */
export function forgottenShare(size: ProvenanceSize): number {
  const perSet = size.callers / sizeOfProvenance(size).rowSets;
  const steps = 4000;
  const step = perSet / steps;
  const atLeast = new Float64Array(ways + 1);
  atLeast[0] = 1;
  let lost = 0;
  for (let at = 0; at < steps; at += 1) {
    const full = atLeast[ways] as number;
    lost += full * full * step;
    for (let load = ways; load > 0; load -= 1) {
      const [below, here] = [atLeast[load - 1] as number, atLeast[load] as number];
      atLeast[load] = here + step * (below * below - here * here);
    }
  }
  return lost / perSet;
}
