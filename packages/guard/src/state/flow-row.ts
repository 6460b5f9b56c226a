import { type FlowSteps, numbersPerStep } from "./flows.ts";

/** The times of one caller's steps: four numbers of each, as `flows.ts` has them. */
export type FlowRow = Float64Array;

const [olderBegin, olderEnd, newerBegin, newerEnd] = [0, 1, 2, 3];

const at = (row: FlowRow, step: number, place: number): number =>
  row[step * numbersPerStep + place] as number;

const isAlive = (begin: number, { withinMs }: FlowSteps, now: number): boolean =>
  begin > 0 && now - begin <= withinMs;

/** When the first step was, of the newest way to this one that is in time and old enough; or 0. */
function ripe(row: FlowRow, step: number, flow: FlowSteps, now: number): number {
  for (const [begin, end] of [
    [at(row, step, newerBegin), at(row, step, newerEnd)],
    [at(row, step, olderBegin), at(row, step, olderEnd)],
  ] as const)
    if (isAlive(begin, flow, now) && now - end >= flow.leastMs) return begin;
  return 0;
}

/** @returns whether the step counts, and the row has changed */
export function noteStep(row: FlowRow, step: number, flow: FlowSteps, now: number): boolean {
  const begin = step === 0 ? now : ripe(row, step - 1, flow, now);
  if (begin === 0) return false;
  const from = step * numbersPerStep;
  const lives = isAlive(at(row, step, newerBegin), flow, now);
  // The time before it will be old enough earlier, and reaches nearly as far.
  if (lives && now - at(row, step, newerEnd) < flow.leastMs) return false;
  row[from + olderBegin] = lives ? at(row, step, newerBegin) : 0;
  row[from + olderEnd] = lives ? at(row, step, newerEnd) : 0;
  row[from + newerBegin] = begin;
  row[from + newerEnd] = now;
  return true;
}

/** How far the row leads, and how long the operation must still wait. */
export function standingOf(
  row: FlowRow,
  flow: FlowSteps,
  now: number,
): { readonly taken: number; readonly waitMs: number } {
  const last = flow.steps.length - 1;
  if (ripe(row, last, flow, now) > 0) return { taken: flow.steps.length, waitMs: 0 };
  for (let step = last; step >= 0; step -= 1) {
    if (!isAlive(at(row, step, newerBegin), flow, now)) continue;
    if (step < last) return { taken: step + 1, waitMs: 0 };
    const waitMs = Math.min(flow.leastMs - (now - at(row, step, newerEnd)), flow.leastMs);
    return { taken: flow.steps.length, waitMs: Math.max(1, Math.ceil(waitMs)) };
  }
  return { taken: 0, waitMs: 0 };
}

/** Adds the times of another row of the same steps: the two newest of each are kept. */
export function mergeRow(row: FlowRow, other: FlowRow, { steps }: FlowSteps): void {
  for (let step = 0; step < steps.length; step += 1) {
    const times = [row, other]
      .flatMap((one) => [
        [at(one, step, newerBegin), at(one, step, newerEnd)] as const,
        [at(one, step, olderBegin), at(one, step, olderEnd)] as const,
      ])
      .filter(([, end], index, all) => all.findIndex(([, same]) => same === end) === index)
      .sort(([, one], [, two]) => two - one);
    const [newer = [0, 0], older = [0, 0]] = times;
    row.set([...older, ...newer], step * numbersPerStep);
  }
}
