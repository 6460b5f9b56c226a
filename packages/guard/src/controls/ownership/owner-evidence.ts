/**
 * How often one place of an operation's requests or answers held the caller's own subject, and how
 * often another value.
 */
export interface EvidenceRow {
  readonly operation: string;
  /** `{customerId}` of path or query, or a JSON pointer of the answer, `*` for every element. */
  readonly place: string;
  equal: number;
  other: number;
}

/**
 * Names under which an owner may stand. Others are not looked at: an amount that happens to be a
 * subject proves nothing.
 */
const ownerLike =
  /(?:^|_)(?:id|sub|subject|owner|user|customer|member|account_?holder|tenant)(?:_?(?:id|uuid|ref|name))?$|(?:Id|Sub|Owner|User|Customer|Member|Tenant)(?:Id|Uuid|Ref)?$/;
const mostRows = 5000;
const mostElements = 50;

/**
 * Watches who is named where in operations that have no owner rule, so that a rule can be proposed
 * from what really passes. Only counts are kept, never a value.
 */
export class OwnerEvidence {
  readonly #rows = new Map<string, EvidenceRow>();

  noteParameter(operation: string, name: string, value: string, subject: string): void {
    this.#note(operation, `{${name}}`, value === subject);
  }

  /** Looks at the members of the answer itself, and of the elements of its lists, but no deeper. */
  noteAnswer(operation: string, answer: unknown, subject: string): void {
    if (Array.isArray(answer)) this.#noteList(operation, "", answer, subject);
    else if (typeof answer === "object" && answer !== null) {
      this.#noteObject(operation, "", answer as Record<string, unknown>, subject);
      for (const [name, part] of Object.entries(answer))
        if (Array.isArray(part)) this.#noteList(operation, `/${name}`, part, subject);
    }
  }

  /** What was counted since the last time. */
  take(): EvidenceRow[] {
    const rows = [...this.#rows.values()];
    this.#rows.clear();
    return rows;
  }

  merge(rows: readonly EvidenceRow[]): void {
    for (const { equal, operation, other, place } of rows) {
      const row = this.#row(operation, place);
      if (row === undefined) continue;
      row.equal += equal;
      row.other += other;
    }
  }

  all(): EvidenceRow[] {
    return [...this.#rows.values()];
  }

  #noteObject(
    operation: string,
    at: string,
    object: Record<string, unknown>,
    subject: string,
  ): void {
    for (const [name, value] of Object.entries(object))
      if (typeof value === "string" && ownerLike.test(name))
        this.#note(operation, `${at}/${name}`, value === subject);
  }

  /**
   * A list counts once, however long it is. It counts as the caller's own only when every element
   * names the caller.
   */
  #noteList(operation: string, at: string, list: readonly unknown[], subject: string): void {
    const elements = list
      .slice(0, mostElements)
      .filter(
        (element): element is Record<string, unknown> =>
          typeof element === "object" && element !== null && !Array.isArray(element),
      );
    const [first] = elements;
    if (first === undefined) return;
    for (const name of Object.keys(first)) {
      if (!ownerLike.test(name) || typeof first[name] !== "string") continue;
      this.#note(
        operation,
        `${at}/*/${name}`,
        elements.every((element) => element[name] === subject),
      );
    }
  }

  #note(operation: string, place: string, equal: boolean): void {
    const row = this.#row(operation, place);
    if (row === undefined) return;
    if (equal) row.equal += 1;
    else row.other += 1;
  }

  #row(operation: string, place: string): EvidenceRow | undefined {
    const key = `${operation}\n${place}`;
    let row = this.#rows.get(key);
    if (row === undefined && this.#rows.size < mostRows)
      this.#rows.set(key, (row = { operation, place, equal: 0, other: 0 }));
    return row;
  }
}
