/** Further than this is not what clocks do by themselves. */
const mostApartMs = 30_000;
/** What is less is followed bit by bit, as time services do it: a tenth of a second in each. */
const slewEach = 0.1;
/** For how long two clocks are judged by: access tokens are gone by then, or asked for anew. */
const settleMs = 900_000;
/** A witness that was not heard for so long says nothing of now. */
const witnessMs = 1_800_000;

export interface ClockWatchOptions {
  /** Milliseconds since 1970, by the clock that somebody may set. */
  readonly wallMs: () => number;
  /** Milliseconds of a clock that nobody can set, and that goes on while the machine sleeps. */
  readonly steadyMs: () => number;
  /**
   * Whether tokens are made by the clock of this machine, right or wrong: then they cannot be judged
   * by another one alone.
   */
  readonly issuesHere: () => boolean;
  /** @param doubtMs how far another clock is ahead that may be right instead, or 0 */
  readonly onTime: (nowMs: number, doubtMs: number) => void;
  /** Why the clock is not to be trusted, once; undefined: it is again. */
  readonly onMoved: (why: string | undefined) => void;
}

interface Witness {
  /** Of its clock, to the steady one. */
  readonly offsetMs: number;
  readonly heardAt: number;
}

/**
 * What time it is, although somebody may set the machine's clock. Time goes on as it did at the
 * start. A wall clock that leaves it by more than half a minute is believed where a witness agrees
 * with it, such as the issuer or Redis; where none does, both are judged by for a while, so that
 * neither those who hold old tokens nor those who are given new ones are all refused at once.
 */
export class ClockWatch {
  readonly #options: ClockWatchOptions;
  readonly #witnesses = new Map<string, Witness>();
  /** Of the time that is judged by, to the steady clock. */
  #offsetMs: number;
  #lookedAt: number;
  #movedAt: number | undefined;
  /** What was judged by before, and until when it still is. */
  #before: { readonly offsetMs: number; readonly until: number } | undefined;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
    this.#lookedAt = options.steadyMs();
    this.#offsetMs = options.wallMs() - this.#lookedAt;
    this.look();
  }

  /** What another machine says that the time is. */
  hear(witness: string, saysMs: number): void {
    const heardAt = this.#options.steadyMs();
    this.#witnesses.set(witness, { offsetMs: saysMs - heardAt, heardAt });
    this.look();
  }

  /** How far each clock is ahead of the time that is judged by, in seconds. */
  apartSeconds(): Readonly<Record<string, number>> {
    const now = this.#options.steadyMs();
    const all: Record<string, number> = { wall: this.#options.wallMs() - now - this.#offsetMs };
    for (const [name, { offsetMs }] of this.#heardLately(now))
      all[name] = offsetMs - this.#offsetMs;
    return Object.fromEntries(
      Object.entries(all).map(([name, apartMs]) => [name, Math.round(apartMs / 1000)]),
    );
  }

  /** Asked about once a second. */
  look(): void {
    const { onTime, steadyMs, wallMs } = this.#options;
    const now = steadyMs();
    const wallOffsetMs = wallMs() - now;
    const apartMs = wallOffsetMs - this.#offsetMs;
    if (isClose(apartMs)) this.#follow(apartMs, now - this.#lookedAt);
    else this.#judgeMove(wallOffsetMs, now);
    this.#lookedAt = now;
    onTime(now + this.#offsetMs, this.#doubtMs(wallOffsetMs, now));
  }

  #follow(apartMs: number, elapsedMs: number): void {
    const most = elapsedMs * slewEach;
    this.#offsetMs += Math.max(-most, Math.min(most, apartMs));
    if (this.#movedAt === undefined) return;
    this.#movedAt = undefined;
    this.#options.onMoved(undefined);
  }

  #judgeMove(wallOffsetMs: number, now: number): void {
    const apartMs = wallOffsetMs - this.#offsetMs;
    if (this.#movedAt === undefined) {
      this.#movedAt = now;
      this.#options.onMoved(`it was set ${words(apartMs)}`);
    }
    const agrees = this.#agrees(wallOffsetMs, now);
    const denies = this.#agrees(this.#offsetMs, now);
    if (denies || (!agrees && now - this.#movedAt < settleMs)) return;
    this.#before = { offsetMs: this.#offsetMs, until: now + (agrees ? settleMs : 0) };
    this.#offsetMs = wallOffsetMs;
    this.#movedAt = undefined;
    this.#options.onMoved(undefined);
  }

  #doubtMs(wallOffsetMs: number, now: number): number {
    if (this.#movedAt !== undefined) {
      const isDenied = this.#agrees(this.#offsetMs, now);
      return isDenied && !this.#options.issuesHere() ? 0 : wallOffsetMs - this.#offsetMs;
    }
    if (this.#before === undefined || now >= this.#before.until) return 0;
    return this.#before.offsetMs - this.#offsetMs;
  }

  #agrees(offsetMs: number, now: number): boolean {
    return this.#heardLately(now).some(([, witness]) => isClose(witness.offsetMs - offsetMs));
  }

  #heardLately(now: number): readonly (readonly [string, Witness])[] {
    return [...this.#witnesses].filter(([, { heardAt }]) => now - heardAt < witnessMs);
  }
}

const isClose = (apartMs: number): boolean => Math.abs(apartMs) <= mostApartMs;
const words = (apartMs: number): string =>
  `${Math.round(Math.abs(apartMs) / 1000)} seconds ${apartMs < 0 ? "back" : "ahead"}`;
