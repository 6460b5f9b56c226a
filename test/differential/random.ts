/** A small generator that says the same on every run. */
export interface Random {
  below(bound: number): number;
  chance(of: number): boolean;
  pick<T>(from: readonly T[]): T;
}

export function seeded(seed: number): Random {
  let at = seed >>> 0;
  // Mulberry32.
  const below = (bound: number): number => {
    at = (at + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(at ^ (at >>> 15), at | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
  return {
    below,
    chance: (of) => below(of) === 0,
    pick: (from) => from[below(from.length)] as (typeof from)[number],
  };
}
