/** One person lets another use what is theirs. Whoever holds a grant can pass on nothing of it. */
export interface Grant {
  /** What kind of objects, as owner rules name it (`granted`). */
  readonly kind: string;
  /** Whose the objects are; `SOURCE/SUBJECT` where the rule names a source of callers. */
  readonly from: string;
  readonly to: string;
  /** The id of one object; undefined for everything of that kind that is the owner's. */
  readonly object: string | undefined;
  readonly methods: readonly string[];
  readonly untilMs: number;
}

/** Whether one person may use objects of another, just now. */
export interface GrantQuestion {
  readonly kind: string;
  readonly from: string;
  readonly to: string;
  readonly method: string;
  /** What the request names; nothing where it asks for a list. */
  readonly objects: readonly string[];
  readonly nowMs: number;
}

export interface GrantState {
  covers(question: GrantQuestion): boolean;
}

const keyOf = ({ from, kind, to }: Pick<Grant, "from" | "kind" | "to">): string =>
  JSON.stringify([kind, to, from]);

/**
 * Every grant that holds, in this thread. A question is answered by the grants from the very owner
 * to the very caller: there are no chains, so that grants that lead in a circle give nothing.
 */
export class GrantTable implements GrantState {
  #grants = new Map<string, readonly Grant[]>();

  constructor(grants: readonly Grant[] = []) {
    this.replace(grants);
  }

  replace(grants: readonly Grant[]): void {
    const next = new Map<string, Grant[]>();
    for (const grant of grants) {
      const key = keyOf(grant);
      const known = next.get(key);
      if (known === undefined) next.set(key, [grant]);
      else known.push(grant);
    }
    this.#grants = next;
  }

  covers(question: GrantQuestion): boolean {
    if (this.#grants.size === 0) return false;
    const { method, nowMs, objects } = question;
    const live = this.#grants
      .get(keyOf(question))
      ?.filter(({ methods, untilMs }) => untilMs > nowMs && methods.includes(method));
    if (live === undefined || live.length === 0) return false;
    if (live.some(({ object }) => object === undefined)) return true;
    // Of a list that names no object, a grant of one object shows nothing.
    return objects.length > 0 && objects.every((id) => live.some(({ object }) => object === id));
  }
}
