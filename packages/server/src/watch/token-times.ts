/**
 * How long the tokens of another issuer live, and how old they are when they are used. Plain data:
 * it travels between threads.
 */
export interface TokenTimesCounted {
  readonly life: Times;
  readonly age: Times;
  /** Requests whose token does not say when it was issued. */
  readonly unknown: number;
}

interface Times {
  /** How many are at most each of `timeBounds`, and above the one before it; the last is the rest. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Upper bounds, in seconds: from a minute to a year. */
const timeBounds: readonly number[] = [
  60, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400, 604_800, 2_592_000, 31_536_000,
];

const none: Times = { counts: Array.from({ length: timeBounds.length + 1 }, () => 0), sum: 0 };

/** Counts in one thread, and gathers what others have counted. */
export class TokenTimes {
  #life = new Histogram();
  #age = new Histogram();
  #unknown = 0;

  note(lifeSeconds: number | undefined, ageSeconds: number | undefined): void {
    if (lifeSeconds === undefined || ageSeconds === undefined) {
      this.#unknown += 1;
      return;
    }
    this.#life.add(lifeSeconds);
    this.#age.add(ageSeconds);
  }

  merge({ age, life, unknown }: TokenTimesCounted): void {
    this.#life.merge(life);
    this.#age.merge(age);
    this.#unknown += unknown;
  }

  all(): TokenTimesCounted {
    return { life: this.#life.all(), age: this.#age.all(), unknown: this.#unknown };
  }

  /** Hands over what was counted since the last time; undefined where nothing was. */
  take(): TokenTimesCounted | undefined {
    if (this.#unknown === 0 && this.#life.isEmpty) return undefined;
    const counted = this.all();
    [this.#life, this.#age, this.#unknown] = [new Histogram(), new Histogram(), 0];
    return counted;
  }
}

class Histogram {
  readonly #counts = [...none.counts];
  #sum = 0;

  get isEmpty(): boolean {
    return this.#counts.every((count) => count === 0);
  }

  add(seconds: number): void {
    let index = 0;
    while (index < timeBounds.length && seconds > (timeBounds[index] as number)) index += 1;
    this.#counts[index] = (this.#counts[index] as number) + 1;
    this.#sum += seconds;
  }

  merge({ counts, sum }: Times): void {
    counts.forEach((count, index) => {
      this.#counts[index] = (this.#counts[index] as number) + count;
    });
    this.#sum += sum;
  }

  all(): Times {
    return { counts: [...this.#counts], sum: this.#sum };
  }
}

/** For `/metrics`; empty until a token of another issuer was seen. */
export function tokenTimesText({ age, life, unknown }: TokenTimesCounted): string {
  if (unknown === 0 && life.counts.every((count) => count === 0)) return "";
  const lines = [
    ...histogram(
      "portcullis_token_life_seconds",
      "How long the tokens of requests live, from iat to exp.",
      life,
    ),
    ...histogram("portcullis_token_age_seconds", "How old the tokens of requests are.", age),
    "# HELP portcullis_tokens_without_iat_total Requests whose token does not say when it was issued.",
    "# TYPE portcullis_tokens_without_iat_total counter",
    `portcullis_tokens_without_iat_total ${unknown}`,
  ];
  return `${lines.join("\n")}\n`;
}

function histogram(name: string, help: string, { counts, sum }: Times): string[] {
  let below = 0;
  const buckets = counts.map((count, index) => {
    below += count;
    return `${name}_bucket{le="${timeBounds[index] ?? "+Inf"}"} ${below}`;
  });
  return [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} histogram`,
    ...buckets,
    `${name}_sum ${sum}`,
    `${name}_count ${below}`,
  ];
}
