import type { UpstreamRequest } from "@portcullis/guard/upstream";
import { type BackendOutcome, OutlierWatch } from "./outlier-watch.ts";
import type { TargetRoom } from "./target-room.ts";
import type { Transport } from "./transport.ts";

/** One of an API's backends. */
export class Backend {
  readonly name: string;
  readonly transport: Transport;
  readonly outliers = new OutlierWatch();
  /** Undefined where nothing bounds what it works on. */
  readonly room: TargetRoom | undefined;
  /** What its health check says. */
  healthy = true;
  outstanding = 0;

  constructor(name: string, transport: Transport, room?: TargetRoom) {
    this.name = name;
    this.transport = transport;
    this.room = room;
  }

  mayBeAsked(nowMs: number): boolean {
    return this.healthy && !this.outliers.isResting(nowMs);
  }
}

/** Chooses among backends, and lets those rest that fail. */
export class Backends {
  readonly all: readonly Backend[];
  readonly #mostEach: number;

  /** @param mostEach requests for which there are connections to each */
  constructor(all: readonly Backend[], mostEach = Number.POSITIVE_INFINITY) {
    this.all = all;
    this.#mostEach = mostEach;
  }

  /**
   * The less busy of two at random: the least busy of all would be asked by every thread at once.
   * Where none may be asked, one is asked all the same: a gate that gave up would be an outage of
   * its own making.
   */
  choose(except: ReadonlySet<Backend> | undefined): Backend {
    const [only] = this.all;
    if (this.all.length === 1) return only as Backend;
    const now = performance.now();
    return lessBusy(this.#among(except, now), now);
  }

  /** The same among those that have room, of which it takes one place; undefined where none has. */
  chooseWithRoom(): Backend | undefined {
    const now = performance.now();
    let among = this.#among(undefined, now);
    while (among.length > 0) {
      const chosen = lessBusy(among, now);
      if (chosen.room === undefined || chosen.room.tryTake()) return chosen;
      among = among.filter((one) => one !== chosen);
    }
    return undefined;
  }

  #among(except: ReadonlySet<Backend> | undefined, now: number): readonly Backend[] {
    const open = this.all.filter((one) => except?.has(one) !== true);
    const well = open.filter((one) => one.mayBeAsked(now) && one.outstanding < this.#mostEach);
    return well.length > 0 ? well : open.length > 0 ? open : this.all;
  }

  /** Whether another than those is there to be asked. */
  hasOther(than: ReadonlySet<Backend>): boolean {
    const now = performance.now();
    return this.all.some((one) => !than.has(one) && one.mayBeAsked(now));
  }

  /** What came of asking one. Never more than half of them rest: all of them would be the outage. */
  note(backend: Backend, outcome: BackendOutcome): void {
    const now = performance.now();
    if (!backend.outliers.note(outcome, now)) return;
    const resting = this.all.filter((one) => one.outliers.isResting(now)).length;
    if (resting + 1 <= this.all.length / 2) backend.outliers.rest(now);
  }
}

/** Statuses by which a backend, or a proxy before it, says that it is not there. */
const notThere: ReadonlySet<number> = new Set([502, 503, 504]);

export function outcomeOf(status: number): BackendOutcome {
  if (status < 500) return "answered";
  return notThere.has(status) ? "failed" : "server-error";
}

/** A stream that was begun cannot be sent again. */
export const hasStream = ({ body }: UpstreamRequest): boolean =>
  body !== null && !Buffer.isBuffer(body);

function lessBusy(among: readonly Backend[], now: number): Backend {
  if (among.length === 1) return among[0] as Backend;
  const first = Math.floor(Math.random() * among.length);
  const second = (first + 1 + Math.floor(Math.random() * (among.length - 1))) % among.length;
  const [a, b] = [among[first] as Backend, among[second] as Backend];
  const [less, more] = a.outstanding <= b.outstanding ? [a, b] : [b, a];
  return Math.random() <= less.outliers.weight(now) ? less : more;
}
