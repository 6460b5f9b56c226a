import { randomBytes } from "node:crypto";
import {
  createGate,
  type DecisionRecord,
  type Gate,
  type GatePorts,
  type Plan,
} from "@portcullis/guard";
import { IdSealer } from "@portcullis/guard/ownership";
import type { TokenSource } from "@portcullis/guard/policy";
import {
  allocateSharedBuckets,
  allocateSharedLearned,
  allocateSharedProvenance,
  allocateSharedReplay,
  allocateWriteVersions,
  LocalImpersonations,
  type NotBegun,
  type Impersonation,
  type ImpersonationWish,
  SharedLearnedState,
  SharedMemoryState,
  SharedProvenanceState,
  SharedReplayState,
  WriteVersions,
} from "@portcullis/guard/state";
import { createDpopNonces, type KeySource } from "@portcullis/guard/tokens";
import type { Upstream, UpstreamRequest } from "@portcullis/guard/upstream";
import { asTokens, planAs, planOfTests, sourceOfTest } from "./source-of-test.ts";
import { takeAnswer, type Taken } from "./take-answer.ts";
import { arrivalOf } from "./test-arrival.ts";
import type { BackendAnswer, TestCase } from "./test-file.ts";

/** What became of one request. */
export interface Happened extends Taken {
  readonly record: DecisionRecord;
  /** What the backend was sent in the end; undefined where it was not asked for the caller. */
  readonly sent: Sent | undefined;
}

export interface Sent {
  readonly method: string;
  readonly target: string;
  /** Flat: name, value. */
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
}

const fewKeys = 256;
/** How long an answer may take: nobody is waited for but this process. */
const mostMs = 5000;

/** The gate of a policy with a backend that answers as each test says. */
export class TestingGate {
  /** By the source that knows the callers; empty for the policy as it is. */
  readonly #gates = new Map<string, Gate>();
  readonly #plan: Plan;
  readonly #ports: GatePorts;
  #test: TestCase | undefined;
  #sent: Sent | undefined;
  #record: DecisionRecord | undefined;
  #limits = newLimits();
  #proofs = newReplay();
  #impersonations = new LocalImpersonations();
  /** What lookups were told is stale once these differ. */
  readonly #writes = allocateWriteVersions();

  constructor(plan: Plan) {
    this.#plan = plan;
    const limits = latest(() => this.#limits);
    this.#ports = {
      upstream: () => this.#backend,
      limits,
      localLimits: limits,
      keys: anySignature,
      sourceKeys: () => anySignature,
      // Only callers whom a test makes are believed: none of what is sent in `headers` fits these.
      sourceText: (name) => textOfNobody(plan, name),
      introspection: () => async () => ({ answer: { active: false } }),
      exchange: () => async () => ({ token: "exchanged", lifeSeconds: 60 }),
      proofs: {
        nonces: createDpopNonces(randomBytes(32)),
        replay: latest(() => this.#proofs),
      },
      writes: new WriteVersions(this.#writes),
      provenance: new SharedProvenanceState(
        allocateSharedProvenance({ callers: fewKeys, idsEach: 64, mostEach: 64 }, [1, 2, 3, 4]),
      ),
      // Nothing ends while a test runs.
      learned: new SharedLearnedState(allocateSharedLearned(1), () => 0),
      impersonations: {
        find: (asked) => this.#impersonations.find(asked),
        begin: (wish) => beginAs(wish, this.#test?.acting, this.#impersonations),
      },
      sealer: new IdSealer([randomBytes(32)]),
      record: (record) => {
        this.#record = record;
      },
    };
    this.#gateOf(undefined);
  }

  /** Every test begins with empty counts and memories: none depends on those before it. */
  async run(test: TestCase): Promise<Happened> {
    const writes = new Uint32Array(this.#writes);
    writes.forEach((count, slot) => void (writes[slot] = count + 1));
    this.#test = test;
    this.#sent = undefined;
    this.#record = undefined;
    this.#limits = newLimits();
    this.#proofs = newReplay();
    this.#impersonations = new LocalImpersonations();
    const source = test.as === undefined ? undefined : this.#sourceOf(test);
    const arrival = arrivalOf(test, this.#plan, source);
    const { answer, taken } = takeAnswer(mostMs);
    this.#gateOf(source).handle(arrival, answer);
    const got = await taken;
    if (this.#record === undefined) throw new Error(`no record was left of '${test.name}'`);
    return { ...got, record: this.#record, sent: this.#sent };
  }

  close(): void {
    for (const gate of this.#gates.values()) gate.close();
  }

  /** The issuer that the policy names signs what a test says; what others know is said by tokens. */
  #sourceOf(test: TestCase): TokenSource {
    const source = sourceOfTest(test, this.#plan.controls.authentication);
    return source.kind === "token" && source.main ? source : asTokens(source);
  }

  #gateOf(source: TokenSource | undefined): Gate {
    const name = source === undefined || source.main ? "" : source.name;
    let gate = this.#gates.get(name);
    if (gate === undefined) {
      const plan =
        source === undefined || source.main ? planOfTests(this.#plan) : planAs(this.#plan, source);
      this.#gates.set(name, (gate = createGate({ plan, ports: this.#ports })));
    }
    return gate;
  }

  readonly #backend: Upstream = {
    forward: (request, receiver) => {
      this.#sent = sentOf(request);
      const { body, headers = {}, status = 200 } = this.#answerTo(request);
      const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
      const type = bytes === undefined ? [] : ["Content-Type", "application/json"];
      receiver.onHead(status, [...type, ...Object.entries(headers).flat()]);
      if (bytes !== undefined) receiver.onData(bytes);
      receiver.onEnd([]);
      return { resume: () => undefined, abort: () => undefined };
    },
  };

  #answerTo({ method, target }: UpstreamRequest): BackendAnswer {
    const answers = this.#test?.backend ?? {};
    const [path = ""] = target.split("?");
    const known = [`${method} ${target}`, `${method} ${path}`, "*"];
    const found = known.find((name) => Object.hasOwn(answers, name));
    return found === undefined ? {} : (answers[found] as BackendAnswer);
  }
}

/** There is no store: what an account has, the test says. */
async function beginAs(
  wish: ImpersonationWish,
  acting: TestCase["acting"],
  state: LocalImpersonations,
): Promise<Impersonation | NotBegun> {
  if (wish.account === undefined) return state.begin(wish);
  const { roles = [], tier } = acting ?? {};
  return roles.some((role) => wish.never.includes(role))
    ? "staff"
    : state.begin({ ...wish, roles, tier });
}

function textOfNobody({ controls }: Plan, name: string): string {
  const source = controls.authentication?.sources.find((one) => one.name === name);
  if (source?.kind === "keys") return "[]";
  return source?.kind === "token" && source.keysInFile ? '{"keys":[]}' : nobodysSecret;
}

const nobodysSecret = randomBytes(64).toString("base64url");

const newLimits = (): SharedMemoryState =>
  new SharedMemoryState(allocateSharedBuckets(fewKeys, [1, 2]));
const newReplay = (): SharedReplayState =>
  new SharedReplayState(allocateSharedReplay(fewKeys, [1, 2, 3, 4]));

/** Stands for whatever holds now, so that one gate serves all tests. */
function latest<T extends object>(current: () => T): T {
  return new Proxy(current(), {
    get(_target, name) {
      const now = current();
      const value: unknown = Reflect.get(now, name, now);
      return typeof value === "function" ? (value.bind(now) as unknown) : value;
    },
  });
}

function sentOf({ body, headers, method, target }: UpstreamRequest): Sent {
  return { method, target, headers: [...headers], body: Buffer.isBuffer(body) ? body : undefined };
}

/** The test says who calls: what is asked is never whether a signature holds. */
const anySignature: KeySource = {
  keySet: () => ({ size: 1, checkSignature: () => undefined }),
  watch: () => () => undefined,
};
