import { randomBytes } from "node:crypto";
import {
  type ModeKey,
  modeKeys,
  nearest,
  rangeForm,
  readRange,
  type Switch,
} from "@portcullis/guard/policy";
import { audit } from "@portcullis/identity/audit";
import type { AuditTable } from "@portcullis/identity/store";
import type { NamedOperation } from "../../policy/operation-names.ts";
import type { SwitchRecord, SwitchRows } from "../../store/tables/switches.ts";

/** What is to be switched: an operation by its name or by METHOD /path, or `*`. */
export interface SwitchWish {
  readonly operation: string;
  /** `off` and `on` without a control close the operation and open it again. */
  readonly state: SwitchState;
  readonly control: string | undefined;
  readonly app: string | undefined;
  readonly percent: number | undefined;
  readonly reason: string;
  /** Undefined: until it is undone. */
  readonly forMs: number | undefined;
}

export const switchStates = ["on", "off", "observe", "enforce"] as const;
export type SwitchState = (typeof switchStates)[number];

/** What was asked for cannot be, in words for a person. */
export class SwitchFault extends Error {}

/** One look at them must show what holds; more belong into the policy. */
const mostActive = 50;
const mostListed = 500;
const mostReason = 500;
const longestMs = 366 * 86_400_000;
/** The mode key of the kill switch. */
const closed = "closed";

export type SwitchTable = Pick<SwitchRows, "active" | "add" | "newest" | "undo">;

/** Modes set while the program runs: thrown, listed and taken back, each with its audit. */
export class Switching {
  readonly #table: SwitchTable;
  readonly #audit: AuditTable;
  readonly #actor: string;
  readonly #now: () => number;

  constructor(table: SwitchTable, auditTable: AuditTable, actor: string, now: () => number) {
    this.#table = table;
    this.#audit = auditTable;
    this.#actor = actor;
    this.#now = now;
  }

  /**
   * @param operations what the policy that serves has
   * @throws SwitchFault
   */
  async add(wish: SwitchWish, operations: readonly NamedOperation[]): Promise<SwitchRecord> {
    const set = judge(wish, operations);
    const createdAtMs = this.#now();
    if ((await this.#table.active(createdAtMs, mostActive)).length >= mostActive)
      throw new SwitchFault(`${mostActive} switches hold already: undo some, or write the policy`);
    const one: SwitchRecord = {
      ...set,
      // In the order of their making: later ones win.
      id: `${createdAtMs.toString(36).padStart(9, "0")}-${randomBytes(3).toString("hex")}`,
      reason: wish.reason.trim(),
      createdBy: this.#actor,
      createdAtMs,
      endsAtMs: wish.forMs === undefined ? undefined : createdAtMs + wish.forMs,
      undoneBy: undefined,
      undoneAtMs: undefined,
    };
    await this.#table.add(one);
    await this.#note("switch-thrown", one);
    return one;
  }

  /** Those that hold, the later ones last; with `ended`, all that are kept, the newest first. */
  list({ ended = false }: { readonly ended?: boolean } = {}): Promise<readonly SwitchRecord[]> {
    return ended ? this.#table.newest(mostListed) : this.#table.active(this.#now(), mostListed);
  }

  /** @returns what was taken back; undefined where no such switch holds */
  async undo(id: string): Promise<SwitchRecord | undefined> {
    const undone = await this.#table.undo(id, this.#actor, this.#now());
    if (undone !== undefined) await this.#note("switch-undone", undone);
    return undone;
  }

  #note(action: string, one: SwitchRecord): Promise<void> {
    const { app, control: key, endsAtMs, id, mode, operation, percent, reason } = one;
    return audit(this.#audit, this.#now(), {
      actor: this.#actor,
      action,
      about: `switch:${id}`,
      details: {
        operation,
        control: key ?? "all",
        mode,
        ...(app === undefined ? {} : { app }),
        ...(percent === undefined ? {} : { percent: String(percent) }),
        ...(endsAtMs === undefined ? {} : { until: new Date(endsAtMs).toISOString() }),
        reason,
      },
    });
  }
}

function judge(wish: SwitchWish, operations: readonly NamedOperation[]): Switch {
  const { app, forMs, percent, reason, state } = wish;
  if (reason.trim() === "") throw new SwitchFault("say why: whoever comes next must know");
  if (reason.length > mostReason) throw new SwitchFault(`say why in ${mostReason} characters`);
  if (app !== undefined && readRange(app) === undefined)
    throw new SwitchFault(`'${app}' is not understood as ${rangeForm}`);
  if (percent !== undefined && !(Number.isInteger(percent) && percent >= 1 && percent <= 100))
    throw new SwitchFault("a share of callers is a whole number from 1 to 100");
  if (forMs !== undefined && !(forMs > 0 && forMs <= longestMs))
    throw new SwitchFault("a switch ends within a year, or when it is undone");
  const rest = { operation: named(wish.operation, operations), app, percent };
  if (wish.control !== undefined) {
    if (state === "on")
      throw new SwitchFault("a control is off, observe or enforce; `on` opens an operation");
    return { ...rest, control: settable(wish.control).key, mode: state };
  }
  if (state === "off") return { ...rest, control: closed, mode: "enforce" };
  if (state === "on") return { ...rest, control: closed, mode: "off" };
  return { ...rest, control: undefined, mode: state };
}

function named(wanted: string, operations: readonly NamedOperation[]): string {
  if (wanted === "*") return wanted;
  const found = operations.find(({ name, place }) => name === wanted || place === wanted);
  if (found !== undefined) return found.name;
  const near = nearest(
    wanted,
    operations.flatMap(({ name, place }) => [name, place]),
  );
  throw new SwitchFault(
    `there is no operation '${wanted}'${near === undefined ? "" : `; is it '${near}'?`}`,
  );
}

function settable(wanted: string): ModeKey {
  const found = modeKeys.find(({ key }) => key === wanted);
  const keys = modeKeys.filter(({ kind }) => kind !== "always").map(({ key }) => key);
  if (found === undefined)
    throw new SwitchFault(`there is no control '${wanted}'; there are ${keys.join(", ")}`);
  if (found.kind === "always")
    throw new SwitchFault(`'${wanted}' is always enforced: passing that on would be unsafe`);
  return found;
}
