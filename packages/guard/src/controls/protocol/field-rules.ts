import { foldName, isBelieved, isOfOneConnection, isOwn, isStandard } from "./field-namespaces.ts";
import { type HeaderAction, headerActions, single } from "./header-actions.ts";

/** What is known of a field by its name alone. */
export interface FieldVerdict {
  /**
   * - `pass`: goes on. `drop`: does not.
   * - `read`: the gate reads it; its action says how.
   * - `odd`: goes on, but another spelling could be the same field to the backend.
   * - `misspelt`: another spelling of a field that the gate reads. It does not go on.
   * - `forged`: another spelling of a field that only the gate sends. Nobody means well by it.
   */
  readonly kind: "pass" | "drop" | "read" | "odd" | "misspelt" | "forged";
  /** In lower case. */
  readonly name: string;
  /** With `-` for every separator. */
  readonly fold: string;
  readonly action: HeaderAction | undefined;
  /** Goes on where only listed fields do, declared or not. */
  readonly standard: boolean;
}

const mostRemembered = 1000;
/** Longer names are nobody's in earnest, and would fill the memory. */
const longestRemembered = 100;

/** What becomes of a request's fields, by their names. */
export class RequestFieldRules {
  /** By fold: the spelling in which a rule reads it. */
  readonly #read: ReadonlyMap<string, string>;
  /** Folds of what a trusted proxy may say. */
  readonly #accepted: ReadonlySet<string>;
  /** By the name as it was sent: apps send the same few, in the same spelling. */
  readonly #verdicts = new Map<string, FieldVerdict>();

  /**
   * @param read names of fields that rules of the whole gate read
   * @param accepted names of fields that are passed on though they would be believed
   */
  constructor(read: readonly string[], accepted: readonly string[]) {
    this.#read = new Map([...read, ...accepted].map(byFold));
    this.#accepted = new Set(accepted.map((name) => foldName(name.toLowerCase())));
  }

  of(sentName: string): FieldVerdict {
    const known = this.#verdicts.get(sentName);
    if (known !== undefined) return known;
    const verdict = this.#judge(sentName.toLowerCase());
    if (this.#verdicts.size < mostRemembered && sentName.length <= longestRemembered)
      this.#verdicts.set(sentName, verdict);
    return verdict;
  }

  /** The folded name of a field that the gate reads, or that goes on by a proxy's word. */
  isRead(fold: string): boolean {
    return this.#read.has(fold) || headerActions.has(fold);
  }

  #judge(name: string): FieldVerdict {
    const fold = foldName(name);
    const action = headerActions.get(fold) ?? (this.#accepted.has(fold) ? single : undefined);
    return Object.freeze<FieldVerdict>({
      kind: this.#kindOf(name, fold, action),
      name,
      fold,
      action,
      standard: isStandard(name),
    });
  }

  #kindOf(name: string, fold: string, action: HeaderAction | undefined): FieldVerdict["kind"] {
    // HTTP/2 pseudo fields: the door has read them.
    if (name.startsWith(":")) return "drop";
    const spelling = this.#read.get(fold) ?? (action === undefined ? undefined : fold);
    if (spelling === name) return action === undefined ? "pass" : "read";
    if (isOwn(fold)) return fold === name ? "drop" : "forged";
    if (!this.#accepted.has(fold) && (isBelieved(fold) || isOfOneConnection(fold))) return "drop";
    if (spelling !== undefined) return "misspelt";
    return fold === name ? "pass" : "odd";
  }
}

function byFold(sentName: string): [fold: string, name: string] {
  const name = sentName.toLowerCase();
  return [foldName(name), name];
}
