/** What may be done about somebody while an incident lasts. */
export const ruleActs = ["pressure", "stepUp", "quarantine", "revoke"] as const;
export type RuleAct = (typeof ruleActs)[number];

/** Whom a rule can be about: nobody is held by an account's name, whoever knows it. */
export const ruleKinds = ["device", "subject", "client", "address", "network", "program"] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** One thing that is done about one key, until it ends. Plain data, so that it travels. */
export interface ResponseRule {
  readonly id: string;
  readonly act: RuleAct;
  readonly kind: RuleKind;
  /** The key's name, as signals have it. */
  readonly hash: number;
  /** What was attacked, by the names of operations. */
  readonly operations: readonly string[];
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The rules that hold for one request, each act once. */
export type HeldBy = Readonly<Partial<Record<RuleAct, ResponseRule>>>;

/** What a request is looked up by. What is called by name costs nothing until it is asked for. */
export interface HeldNames {
  readonly device: number;
  readonly subject: number;
  readonly address: number;
  readonly network: number;
  client(): number;
  program(): number;
}

/** Which responses hold, for whoever asks at a request. */
export interface ResponseState {
  /** Whether there is anything to look for. */
  readonly isEmpty: boolean;
  find(names: HeldNames, nowMs: number): HeldBy | undefined;
}

/** Every response that holds, in this thread. Nothing is looked up while there is none. */
export class ResponseTable implements ResponseState {
  #rules = new Map<number, readonly ResponseRule[]>();
  /** Only what rules are about is looked for. */
  #kinds: readonly RuleKind[] = [];

  constructor(rules: readonly ResponseRule[] = []) {
    this.replace(rules);
  }

  get isEmpty(): boolean {
    return this.#kinds.length === 0;
  }

  replace(rules: readonly ResponseRule[]): void {
    const next = new Map<number, ResponseRule[]>();
    // A rule about nobody would be about everybody whose device or name is not known.
    const about = rules.filter(({ hash }) => hash !== 0);
    for (const rule of about) {
      const known = next.get(rule.hash);
      if (known === undefined) next.set(rule.hash, [rule]);
      else known.push(rule);
    }
    this.#rules = next;
    this.#kinds = ruleKinds.filter((kind) => about.some((rule) => rule.kind === kind));
  }

  find(names: HeldNames, nowMs: number): HeldBy | undefined {
    let held: Partial<Record<RuleAct, ResponseRule>> | undefined;
    for (const kind of this.#kinds) {
      const isMade = kind === "client" || kind === "program";
      const rules = this.#rules.get(isMade ? names[kind]() : names[kind]);
      if (rules === undefined) continue;
      // The narrowest comes first, and is what the others would only repeat.
      for (const rule of rules)
        if (rule.kind === kind && rule.untilMs > nowMs) (held ??= {})[rule.act] ??= rule;
    }
    return held;
  }
}
