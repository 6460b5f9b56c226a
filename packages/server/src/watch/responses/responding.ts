import { randomBytes } from "node:crypto";
import type { AttackKey } from "../detectors/evidence.ts";
import type { Done, Incident, NamedKey } from "../incidents/incident.ts";
import type { Explaining } from "../incidents/telling.ts";
import { type Permit, mostPeople, permit } from "./permit.ts";
import type { Reach, Reaches } from "./reach.ts";
import {
  isByDetector,
  type Response,
  type ResponseAct,
  responseActs,
  type ResponseStore,
} from "./response.ts";
import { isSame, type ResponseWish, type SwitchPort, usualShare, wordsOf } from "./wish.ts";

/** What was asked for cannot be done, in words for a person. */
export class ResponseFault extends Error {}

export interface RespondingParts {
  readonly store: ResponseStore;
  readonly book: { note(id: string, done: Done): void };
  /** What explains an incident; undefined where that is not known any more. */
  readonly keysOf: (incident: Incident) => readonly Explaining[] | undefined;
  readonly nameKey: (key: AttackKey) => string;
  readonly reaches: Pick<Reaches, "ofKey" | "ofControl">;
  /** Undefined where there is no store to keep switches in. */
  readonly switches: SwitchPort | undefined;
  /** Writes down who has done what, and about what. */
  readonly audit: (
    actor: string,
    action: string,
    about: string,
    details: Readonly<Record<string, string>>,
  ) => Promise<void>;
  /** Gates are to be told at once. */
  readonly onChanged: () => Promise<void>;
  readonly nowMs: () => number;
}

/** What could be done, and whom it would touch. */
export interface Possible extends Permit {
  readonly act: ResponseAct;
  /** The key by a name that may be shown. */
  readonly named: NamedKey | undefined;
}

const longestMs = 7 * 24 * 3_600_000;
const mostReason = 500;
/** One look at them must show what holds. */
const mostActive = 200;
const aMinuteMs = 60_000;

/** Does something about incidents, and takes it back. Everything ends by itself. */
export class Responding {
  readonly #parts: RespondingParts;
  /** One after another: two at once must not do the same thing twice. */
  #line: Promise<unknown> = Promise.resolve();

  constructor(parts: RespondingParts) {
    this.#parts = parts;
  }

  /** @param control what `enforce` would enforce */
  possible(incident: Incident, control?: string): readonly Possible[] {
    return responseActs.map((act) => {
      const judged = this.judge(incident, { act, control });
      const { key } = judged;
      const named =
        key === undefined ? undefined : { kind: key.kind, name: this.#parts.nameKey(key) };
      return { act, named, ...judged };
    });
  }

  judge(
    incident: Incident,
    {
      act,
      control,
      isAutomatic = false,
      mostShare = usualShare,
    }: Pick<ResponseWish, "act" | "control" | "mostShare"> & { readonly isAutomatic?: boolean },
  ): Permit {
    const { keysOf, nowMs, reaches } = this.#parts;
    if (act === "enforce") return this.#judgeEnforce(incident, control, mostShare);
    return permit({
      act,
      explaining: keysOf(incident),
      reachOf: (key) => reaches.ofKey(key),
      mostShare,
      nowMs: nowMs(),
      isAutomatic,
    });
  }

  /** @throws ResponseFault */
  respond(incident: Incident, wish: ResponseWish): Promise<Response> {
    return this.#inTurn(() => this.#respond(incident, wish));
  }

  /** @throws ResponseFault */
  async #respond(incident: Incident, wish: ResponseWish): Promise<Response> {
    const { nowMs, store } = this.#parts;
    const { act, by, control, forMs, reason } = wish;
    if (reason.trim() === "") throw new ResponseFault("say why: whoever comes next must know");
    if (reason.length > mostReason) throw new ResponseFault(`say why in ${mostReason} characters`);
    if (!(forMs >= aMinuteMs && forMs <= longestMs))
      throw new ResponseFault("a response ends after a minute at least, and within seven days");
    const { because, key, reach } = this.judge(incident, {
      ...wish,
      isAutomatic: isByDetector(by),
    });
    if (because !== undefined || key === undefined || reach === undefined)
      throw new ResponseFault(because ?? "nobody is named");
    const atMs = nowMs();
    const active = await store.active(atMs, mostActive);
    const known = active.find((one) => isSame(one, incident, { act, control }, key));
    if (known !== undefined) return this.#prolong(known, atMs + forMs);
    if (active.length >= mostActive)
      throw new ResponseFault(`${mostActive} responses hold already: undo some`);
    const switches = await this.#enforce(incident, wish);
    const response: Response = {
      id: `r-${atMs.toString(36)}${randomBytes(3).toString("hex")}`,
      incident: incident.id,
      act,
      key: { kind: key.kind, hash: key.hash },
      named: { kind: key.kind, name: this.#parts.nameKey(key) },
      operations: incident.operations,
      control,
      switches,
      people: reach.people,
      of: reach.of,
      by,
      reason: reason.trim(),
      createdAtMs: atMs,
      endsAtMs: atMs + forMs,
      undoneAtMs: undefined,
      undoneBy: undefined,
    };
    await store.add(response);
    await this.#parts.onChanged();
    this.#noteDone(response, wordsOf(response, forMs));
    await this.#note("response-done", response, by);
    return response;
  }

  /** @returns what was taken back; undefined where no such response holds */
  undo(incident: string, id: string, by: string): Promise<Response | undefined> {
    return this.#inTurn(async () => {
      const { nowMs, onChanged, store, switches } = this.#parts;
      const atMs = nowMs();
      const found = (await store.active(atMs, mostActive)).find((one) => one.id === id);
      if (found === undefined || found.incident !== incident) return undefined;
      // Switches first: one that nobody can take back must not look as if it had been.
      if (found.switches.length > 0) await switches?.undo(found.switches, by);
      const undone = await store.undo(id, by, atMs);
      if (undone === undefined) return undefined;
      await onChanged();
      this.#parts.book.note(incident, {
        at: new Date(atMs).toISOString(),
        action: "undo",
        mode: "enforce",
        what: `${by} took back: ${wordsOf(undone, undone.endsAtMs - undone.createdAtMs)}`,
      });
      await this.#note("response-undone", undone, by);
      return undone;
    });
  }

  /** Everything that was done about an incident, the newest first. */
  of(incident: string): Promise<readonly Response[]> {
    return this.#parts.store.ofIncident(incident);
  }

  active(nowMs: number): Promise<readonly Response[]> {
    return this.#parts.store.active(nowMs, mostActive);
  }

  async #prolong(known: Response, endsAtMs: number): Promise<Response> {
    if (endsAtMs <= known.endsAtMs) return known;
    await this.#parts.store.prolong(known.id, endsAtMs, this.#parts.nowMs());
    await this.#parts.onChanged();
    return { ...known, endsAtMs };
  }

  #judgeEnforce(incident: Incident, control: string | undefined, mostShare: number): Permit {
    const { reaches, switches } = this.#parts;
    const deny = (because: string, reach?: Reach): Permit => ({ key: undefined, reach, because });
    if (switches === undefined) return deny("there is no store to keep a switch in");
    if (control === undefined) return deny("say which control: one of docs/journey.md");
    const reach = reaches.ofControl(control, incident.operations);
    const most = mostPeople(mostShare, reach.of);
    if (reach.people > most)
      return deny(
        `it would refuse ${reach.people} people, and ${most} of ${reach.of} is the most`,
        reach,
      );
    return { key: { kind: "everybody", hash: 0, share: 1 }, reach, because: undefined };
  }

  async #enforce(
    { operations }: Incident,
    { act, by, control, forMs, reason }: ResponseWish,
  ): Promise<readonly string[]> {
    const { switches } = this.#parts;
    if (act !== "enforce" || switches === undefined || control === undefined) return [];
    try {
      return await switches.enforce(control, operations, forMs, { by, reason });
    } catch (fault) {
      throw new ResponseFault((fault as Error).message);
    }
  }

  #noteDone({ act, createdAtMs, endsAtMs, id, incident }: Response, what: string): void {
    this.#parts.book.note(incident, {
      at: new Date(createdAtMs).toISOString(),
      action: act,
      mode: "enforce",
      what,
      until: new Date(endsAtMs).toISOString(),
      undo: `portcullis incidents undo ${incident} --response ${id}`,
    });
  }

  #note(action: string, response: Response, by: string): Promise<void> {
    const { act, endsAtMs, id, incident, named, of, people, reason } = response;
    return this.#parts.audit(by, action, `incident:${incident}`, {
      response: id,
      act,
      key: `${named.kind} ${named.name}`.trim(),
      people: `${people} of ${of}`,
      until: new Date(endsAtMs).toISOString(),
      reason,
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#line.then(work);
    this.#line = done.catch(() => undefined);
    return done;
  }
}
