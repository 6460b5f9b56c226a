/** How exactly deadlines are kept: one that passes is noticed within two of these. */
const tickMs = 25;
const slots = 512;
const never = Number.POSITIVE_INFINITY;

/** A time by which something must have happened; moved along for as long as what has it lives. */
export class Deadline {
  /** In ticks; `never` while nothing is waited for. */
  dueTick = never;
  /** Where it stands in the wheel; -1 where it does not. */
  slot = -1;
  /** When the wheel looks at it, which may be before it is due. */
  lookTick = 0;
  next: Deadline | undefined;
  previous: Deadline | undefined;
  readonly passed: () => void;

  constructor(passed: () => void) {
    this.passed = passed;
  }
}

/**
 * All deadlines of a thread by one timer. Most are moved before they pass: moving one to a later
 * time writes a number, and the wheel finds it where it stood and puts it where it belongs.
 */
export class Deadlines {
  readonly #slots: (Deadline | undefined)[] = Array.from({ length: slots }, () => undefined);
  #count = 0;
  /** All that is due by this tick has been looked at. */
  #looked = 0;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;

  set(deadline: Deadline, afterMs: number): void {
    const nowTick = tickOf(performance.now());
    const dueTick = nowTick + Math.ceil(afterMs / tickMs) + 1;
    deadline.dueTick = dueTick;
    if (deadline.slot >= 0) {
      if (deadline.lookTick <= dueTick) return;
      this.#take(deadline);
    }
    if (this.#count === 0) this.#start(nowTick);
    this.#put(deadline, dueTick);
  }

  /** Nothing is waited for; it may be set again. */
  clear(deadline: Deadline): void {
    deadline.dueTick = never;
  }

  /** It will not be set again. */
  drop(deadline: Deadline): void {
    deadline.dueTick = never;
    if (deadline.slot >= 0) this.#take(deadline);
  }

  /** How many the wheel has. */
  get size(): number {
    return this.#count;
  }

  #start(nowTick: number): void {
    this.#looked = nowTick;
    // What has come while the thread was busy is read before anything counts as late: the poll for
    // it stands between timers and immediates.
    this.#timer ??= setInterval(() => {
      if (this.#isLooking) return;
      this.#isLooking = true;
      setImmediate(() => {
        this.#isLooking = false;
        this.#look(tickOf(performance.now()));
      });
    }, tickMs).unref();
  }

  #put(deadline: Deadline, lookTick: number): void {
    const slot = lookTick % slots;
    const first = this.#slots[slot];
    deadline.slot = slot;
    deadline.lookTick = lookTick;
    deadline.next = first;
    deadline.previous = undefined;
    if (first !== undefined) first.previous = deadline;
    this.#slots[slot] = deadline;
    this.#count += 1;
  }

  #take(deadline: Deadline): void {
    const { next, previous } = deadline;
    if (next !== undefined) next.previous = previous;
    if (previous === undefined) this.#slots[deadline.slot] = next;
    else previous.next = next;
    deadline.slot = -1;
    deadline.next = undefined;
    deadline.previous = undefined;
    this.#count -= 1;
  }

  #look(nowTick: number): void {
    const from = Math.max(this.#looked + 1, nowTick - slots + 1);
    this.#looked = nowTick;
    const passed: Deadline[] = [];
    for (let tick = from; tick <= nowTick; tick += 1) this.#lookAt(tick % slots, nowTick, passed);
    for (const deadline of passed) {
      // What one of them has led to may have moved or ended another.
      if (deadline.dueTick > nowTick) continue;
      deadline.dueTick = never;
      deadline.passed();
    }
    if (this.#count > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #lookAt(slot: number, nowTick: number, passed: Deadline[]): void {
    let deadline = this.#slots[slot];
    while (deadline !== undefined) {
      const { dueTick, lookTick, next } = deadline;
      if (lookTick <= nowTick) {
        this.#take(deadline);
        if (dueTick <= nowTick) passed.push(deadline);
        else if (dueTick !== never) this.#put(deadline, dueTick);
      }
      deadline = next;
    }
  }
}

const tickOf = (nowMs: number): number => Math.floor(nowMs / tickMs);

/** Those of this thread's connections to backends. */
export const backendDeadlines = new Deadlines();
