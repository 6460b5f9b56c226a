import { KeyArena } from "../sketches/key-arena.ts";
import { advance, type SequentialTest, sequentialTest } from "../sketches/sequential-test.ts";

const places = 32_768;
/** An app that is installed anew asks for much that is older than what is remembered. */
const usual = 0.2;
const attack = 0.9;
/** Beyond ten times what the policy allows the other test to be wrong: it has less to go by. */
const stricter = 0.1;
const leastNever = 24;
const forgetMs = 24 * 3_600_000;

/** An operation says something of what was shown only where nearly everything was. */
const mostOperations = 512;
const leastAsked = 500;
const mostNever = 0.1;
const halfAfter = 20_000;

interface Asked {
  all: number;
  never: number;
}

/** Who reads objects that no answer has ever shown to them, where others read what they were shown. */
export class NeverShown {
  readonly #test: SequentialTest;
  readonly #arena = new KeyArena(places, (place) => this.#forget(place));
  readonly #ratio = new Float32Array(places);
  readonly #never = new Uint32Array(places);
  readonly #toldAt = new Uint32Array(places);
  readonly #operations = new Map<string, Asked>();

  constructor(errorRate: number) {
    this.#test = sequentialTest({ usual, attack, errorRate: errorRate * stricter });
  }

  get bytes(): number {
    return this.#arena.bytes + places * 12 + mostOperations * 64;
  }

  /**
   * An object that was read, the first time that this key names it.
   *
   * @returns how many were never shown, where that is to be told of
   */
  note(
    key: number,
    operation: string,
    wasShown: boolean | undefined,
    nowMs: number,
  ): number | undefined {
    if (wasShown === undefined) return undefined;
    const asked = this.#askedOf(operation);
    if (asked === undefined) return undefined;
    const tells = asked.all >= leastAsked && asked.never <= asked.all * mostNever;
    if (!tells) {
      learn(asked, wasShown);
      return undefined;
    }
    const place = this.#placeOf(key, nowMs);
    const ratio = advance(this.#test, this.#ratio[place] as number, !wasShown);
    this.#ratio[place] = Math.min(ratio, this.#test.flag * 2);
    // Who is under suspicion teaches nothing of what is usual.
    if (ratio <= 0) learn(asked, wasShown);
    this.#arena.evidence[place] = Math.max(0, ratio);
    if (wasShown) return undefined;
    const never = (this.#never[place] as number) + 1;
    this.#never[place] = never;
    const told = this.#toldAt[place] as number;
    if (ratio <= this.#test.flag || never < leastNever) return undefined;
    if (told > 0 && never < told * 2) return undefined;
    this.#toldAt[place] = never;
    return never;
  }

  void(): void {
    this.#arena.clear();
    this.#operations.clear();
  }

  #askedOf(operation: string): Asked | undefined {
    const known = this.#operations.get(operation);
    if (known !== undefined || this.#operations.size >= mostOperations) return known;
    const asked = { all: 0, never: 0 };
    this.#operations.set(operation, asked);
    return asked;
  }

  #placeOf(key: number, nowMs: number): number {
    const known = this.#arena.find(key);
    if (known !== -1 && nowMs - (this.#arena.seenAtMs[known] as number) > forgetMs)
      this.#forget(known);
    return this.#arena.take(key, nowMs);
  }

  #forget(place: number): void {
    this.#ratio[place] = 0;
    this.#never[place] = 0;
    this.#toldAt[place] = 0;
  }
}

function learn(asked: Asked, wasShown: boolean): void {
  asked.all += 1;
  if (!wasShown) asked.never += 1;
  if (asked.all < halfAfter) return;
  asked.all /= 2;
  asked.never /= 2;
}
