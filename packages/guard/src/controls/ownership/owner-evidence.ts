import type { Caller } from "../../facts/caller.ts";
import { textOfId } from "./owner-text.ts";

/**
 * How often one place of an operation's requests or answers held what the caller's token says, and
 * how often another value.
 */
export interface EvidenceRow {
  readonly operation: string;
  /** `{customerId}` of path or query, or a JSON pointer of the answer, `*` for every element. */
  readonly place: string;
  /** By which claim the caller was known there, such as `token.sub`. */
  readonly claim: string;
  /** One of several who are named was the caller; otherwise everybody who is named. */
  readonly some: boolean;
  equal: number;
  other: number;
}

type EvidencePlace = Omit<EvidenceRow, "equal" | "other">;

/**
 * Names under which an owner may stand. Others are not looked at: an amount that happens to be a
 * subject proves nothing.
 */
const ownerLike =
  /(?:^|_)(?:id|sub|subject|owner|user|customer|member|account_?holder|tenant)(?:_?(?:id|uuid|ref|name))?$|(?:Id|Sub|Owner|User|Customer|Member|Tenant)(?:Id|Uuid|Ref)?$/;
const mostRows = 5000;
const mostElements = 50;

/** What a caller may be known by in objects, by the claim that says it. */
export type KnownBy = Readonly<Record<string, string>>;

/** Claims under which a token may name its bearer; others differ from token to token. */
const naming =
  /^(?:uid|user_?id|user_?name|preferred_username|customer.*|account.*|member.*|tenant.*|org.*|.+_(?:id|no|number)|.+(?:Id|No|Number))$/;
const ofTheToken = /^(?:session_?id|client_?id|jti|sid|azp|nonce|iat|exp|kid)$/i;
const mostClaims = 4;
const known = new WeakMap<Caller, KnownBy>();

/** Names and numbers by which objects may name this caller: a caller is one object for each token. */
export function knownBy(caller: Caller): KnownBy {
  let found = known.get(caller);
  if (found === undefined) {
    const further = Object.entries(caller.claims).flatMap(([name, value]) => {
      const id = naming.test(name) && !ofTheToken.test(name) ? textOfId(value) : undefined;
      return id === undefined || id === caller.subject ? [] : [[`token.${name}`, id] as const];
    });
    found = { "token.sub": caller.subject, ...Object.fromEntries(further.slice(0, mostClaims)) };
    known.set(caller, found);
  }
  return found;
}

/**
 * Watches who is named where in operations that have no owner rule, so that a rule can be proposed
 * from what really passes. Only counts are kept, never a value.
 */
export class OwnerEvidence {
  readonly #rows = new Map<string, EvidenceRow>();

  noteParameter(operation: string, name: string, value: string, by: KnownBy): void {
    this.#noteValues(operation, `{${name}}`, [value], by);
  }

  /** Looks at the members of the answer itself, and of the elements of its lists, but no deeper. */
  noteAnswer(operation: string, answer: unknown, by: KnownBy): void {
    if (Array.isArray(answer)) this.#noteList(operation, "", answer, by);
    else if (typeof answer === "object" && answer !== null) {
      for (const [name, value] of Object.entries(answer)) {
        if (Array.isArray(value)) this.#noteList(operation, `/${name}`, value, by);
        else if (ownerLike.test(name) && textOfId(value) !== undefined)
          this.#noteValues(operation, `/${name}`, [value], by);
      }
    }
  }

  /** What was counted since the last time. */
  take(): EvidenceRow[] {
    const rows = [...this.#rows.values()];
    this.#rows.clear();
    return rows;
  }

  merge(rows: readonly EvidenceRow[]): void {
    for (const { equal, other, ...at } of rows) {
      const row = this.#row(at);
      if (row === undefined) continue;
      row.equal += equal;
      row.other += other;
    }
  }

  all(): EvidenceRow[] {
    return [...this.#rows.values()];
  }

  /**
   * A list counts once, however long it is: as the caller's own only when every element names the
   * caller, and beside that, as one that names the caller among others.
   */
  #noteList(operation: string, at: string, list: readonly unknown[], by: KnownBy): void {
    const elements = list
      .slice(0, mostElements)
      .filter(
        (element): element is Record<string, unknown> =>
          typeof element === "object" && element !== null && !Array.isArray(element),
      );
    for (const name of Object.keys(elements[0] ?? {})) {
      const values = elements.map((element) => element[name]);
      if (!ownerLike.test(name) || textOfId(values[0]) === undefined) continue;
      this.#noteValues(operation, `${at}/*/${name}`, values, by);
    }
  }

  #noteValues(operation: string, place: string, values: readonly unknown[], by: KnownBy): void {
    const ids = values.map(textOfId);
    for (const [claim, id] of Object.entries(by)) {
      this.#note(
        { operation, place, claim, some: false },
        ids.every((one) => one === id),
      );
      if (place.includes("*"))
        this.#note({ operation, place, claim, some: true }, ids.includes(id));
    }
  }

  #note(at: EvidencePlace, equal: boolean): void {
    const row = this.#row(at);
    if (row === undefined) return;
    if (equal) row.equal += 1;
    else row.other += 1;
  }

  #row(at: EvidencePlace): EvidenceRow | undefined {
    const key = `${at.operation}\n${at.place}\n${at.claim}\n${at.some}`;
    let row = this.#rows.get(key);
    if (row === undefined && this.#rows.size < mostRows)
      this.#rows.set(key, (row = { ...at, equal: 0, other: 0 }));
    return row;
  }
}
