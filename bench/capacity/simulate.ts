import { Capacity } from "../../packages/server/src/upstream/capacity.ts";
import type { Holder } from "../../packages/server/src/upstream/slow-holders.ts";
import { Heap } from "./heap.ts";
import type { Limiter } from "./limiters.ts";
import { seeded } from "./seeded.ts";

export interface Scenario {
  readonly workers: number;
  /** What comes, as a part of what the workers can do. */
  readonly load: number;
  /** In this part of the time, service takes so many times longer. */
  readonly slower?: { readonly from: number; readonly until: number; readonly times: number };
  /**
   * So many requests come at the same moment in the beginning, and until then nothing has come: the
   * gate has seen no answer yet, and the backend's first ones take so many times longer.
   */
  readonly burst?: { readonly requests: number; readonly coldMs: number; readonly times: number };
  readonly seconds: number;
  readonly seed: number;
}

export interface Outcome {
  readonly asked: number;
  readonly shed: number;
  /** Answered while their caller still waited, of what came behind the first part of the time. */
  readonly good: number;
  readonly criticalAsked: number;
  readonly criticalGood: number;
  readonly criticalP99Ms: number;
  /** The limit at the end of every second. */
  readonly limits: readonly number[];
}

const serviceMs = 50;
/** Callers go away after this time, which the backend does not notice. */
const patienceMs = 1000;
/** What is counted begins here: until then every limiter finds its way. */
const warmUpShare = 1 / 3;
const shares = [0.1, 0.6, 0.3] as const;
const callers = 40;

interface Job {
  readonly rank: number;
  readonly cameAt: number;
  sentAt: number;
  inflight: number;
  readonly serviceMs: number;
}

/**
 * A gate before a backend of so many workers with an endless queue of its own, in virtual time. The
 * gate's queue is the real one; only the clock, the backend and the callers are made up.
 */
export function simulate(scenario: Scenario, limiter: Limiter): Outcome {
  const { burst, load, seconds, seed, slower, workers } = scenario;
  const random = seeded(seed);
  const events = new Heap<{ readonly at: number; readonly run: () => void }>((a, b) => a.at - b.at);
  const later = (at: number, run: () => void): void => events.push({ at, run });
  const state = { now: 0, inflight: 0, busy: 0 };
  const backlog: Job[] = [];
  let backlogFrom = 0;
  const counts = { asked: 0, shed: 0, good: 0, criticalAsked: 0, criticalGood: 0 };
  const critical: number[] = [];
  const limits: number[] = [];
  const endMs = seconds * 1000;
  const [countedFrom, countedUntil] = [endMs * warmUpShare, endMs - patienceMs];
  const capacity = new Capacity({
    places: 1_000_000,
    mostWaiting: 1000,
    mostWaitMs: 100,
    now: () => state.now,
  });

  const work = (job: Job): void => {
    state.busy += 1;
    const isSlow =
      slower !== undefined && state.now >= slower.from * endMs && state.now < slower.until * endMs;
    const isCold = burst !== undefined && state.now < burst.coldMs;
    const times = (isSlow ? slower.times : 1) * (isCold ? burst.times : 1);
    later(state.now + job.serviceMs * times, () => finish(job));
  };
  const holders = new Map<Job, Holder>();
  const finish = (job: Job): void => {
    state.busy -= 1;
    const next = backlog[backlogFrom];
    if (next !== undefined) {
      backlogFrom += 1;
      if (backlogFrom > 10_000) backlogFrom = (backlog.splice(0, backlogFrom), 0);
      work(next);
    }
    state.inflight -= 1;
    const took = state.now - job.cameAt;
    limiter.note(
      { tookMs: state.now - job.sentAt, sentAt: job.sentAt, inflight: job.inflight },
      state.now,
    );
    if (took <= patienceMs && job.cameAt >= countedFrom && job.cameAt < countedUntil) {
      counts.good += 1;
      if (job.rank === 0) {
        counts.criticalGood += 1;
        critical.push(took);
      }
    }
    const holder = holders.get(job) as Holder;
    holders.delete(job);
    capacity.leave(holder);
  };
  const send = (job: Job): void => {
    job.sentAt = state.now;
    job.inflight = state.inflight;
    if (state.busy < workers) work(job);
    else backlog.push(job);
  };
  const come = (): void => {
    arrive();
    const meanGapMs = serviceMs / (workers * load);
    if (state.now < endMs) later(state.now - Math.log(1 - random()) * meanGapMs, come);
  };
  const arrive = (): void => {
    const draw = random();
    const rank = draw < shares[0] ? 0 : draw < shares[0] + shares[1] ? 1 : 2;
    const isCounted = state.now >= countedFrom && state.now < countedUntil;
    const job: Job = {
      rank,
      cameAt: state.now,
      sentAt: 0,
      inflight: 0,
      serviceMs: service(random),
    };
    const holder: Holder = {
      caller: `c${Math.floor(random() * callers)}`,
      rank,
      cost: 1,
      isBound: true,
      place: 0,
      takeRoom: () => {
        if (state.inflight >= limiter.limit) return false;
        state.inflight += 1;
        return true;
      },
      callerWait: () => undefined,
      shed: () => undefined,
    };
    holders.set(job, holder);
    if (isCounted) counts.asked += 1;
    if (isCounted && rank === 0) counts.criticalAsked += 1;
    capacity.enter(
      holder,
      () => send(job),
      () => {
        holders.delete(job);
        if (isCounted) counts.shed += 1;
      },
    );
  };
  const sweep = (): void => {
    if (capacity.waiting > 0) capacity.sweep();
    if (state.now < endMs) later(state.now + 10, sweep);
  };
  const second = (): void => {
    limits.push(Math.floor(limiter.limit));
    if (state.now < endMs) later(state.now + 1000, second);
  };
  for (let one = 0; one < (burst?.requests ?? 0); one += 1) later(0, arrive);
  later(0, come);
  later(0, sweep);
  later(1000, second);
  for (let next = events.pop(); next !== undefined && next.at <= endMs; next = events.pop()) {
    state.now = next.at;
    next.run();
  }
  capacity.close();
  critical.sort((a, b) => a - b);
  return { ...counts, criticalP99Ms: critical[Math.floor(critical.length * 0.99)] ?? 0, limits };
}

/** Most answers take a little less than the mean, some much more (gamma of shape 4). */
function service(random: () => number): number {
  let sum = 0;
  for (let part = 0; part < 4; part += 1) sum -= Math.log(1 - random());
  return (sum / 4) * serviceMs;
}
