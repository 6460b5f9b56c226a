import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type FlowStanding, type FlowState, type FlowSteps, isWhole } from "./flows.ts";
import { flowScript } from "./redis-flow-script.ts";
import { type RedisConnection, StateLost } from "./redis-connection.ts";
import type { SharedFlows } from "./shared-flows.ts";
import type { Bucket } from "./state.ts";

/** Until Redis has what another thread of this process has just sent it. */
const onTheWayMs = 25;

/** What the script has told. */
type Told = readonly [taken: number, waitMs: number, used: string];

/**
 * Steps that many nodes remember, in Redis and by its clock. Each process remembers what it has
 * seen itself as well: while Redis is lost that lets pass whoever has taken every step here. Of
 * everybody else nobody can tell what they have done elsewhere.
 */
export class RedisFlows implements FlowState {
  readonly #connection: RedisConnection;
  readonly #prefix: string;
  readonly #here: SharedFlows;
  readonly #onLoss: Bucket["onLoss"];

  constructor(
    connection: RedisConnection,
    prefix: string,
    here: SharedFlows,
    onLoss: Bucket["onLoss"],
  ) {
    this.#connection = connection;
    this.#prefix = `${prefix}flow:`;
    this.#here = here;
    this.#onLoss = onLoss;
  }

  note(flow: FlowSteps, who: string, step: number): void {
    this.#here.note(flow, who, step);
    this.#run(flow, who, ["note", String(step + 1)]).catch(() => undefined);
  }

  /** @throws StateLost where neither Redis nor this process can tell */
  async use(flow: FlowSteps, who: string, isKept: boolean): Promise<FlowStanding> {
    let told = await this.#ask(flow, who, isKept);
    if (told !== undefined && !isWhole(told, flow) && this.#isWholeHere(flow, who)) {
      await sleep(onTheWayMs);
      told = await this.#ask(flow, who, isKept);
    }
    if (told !== undefined && isWhole(told, flow))
      return isKept ? told : this.#usedThere(told, flow, who);
    const isBelieved = told !== undefined && !this.#connection.isFresh;
    if (!isBelieved && this.#onLoss === "local" && this.#isWholeHere(flow, who))
      return this.#here.use(flow, who, isKept);
    if (told === undefined) throw new StateLost("which steps were taken is not known here");
    // They were used up at another node: this one does not offer them again.
    if (isBelieved && this.#isWholeHere(flow, who)) this.#here.forget(flow, who);
    return told;
  }

  #isWholeHere(flow: FlowSteps, who: string): boolean {
    return isWhole(this.#here.use(flow, who, true), flow);
  }

  #usedThere(told: FlowStanding, flow: FlowSteps, who: string): FlowStanding {
    const here = this.#here.use(flow, who, false);
    this.#here.forget(flow, who);
    return {
      ...told,
      putBack() {
        told.putBack();
        here.putBack();
      },
    };
  }

  /** Undefined while Redis is lost. */
  async #ask(flow: FlowSteps, who: string, isKept: boolean): Promise<FlowStanding | undefined> {
    try {
      const told = await this.#run(flow, who, ["use", isKept ? "1" : "0"]);
      if (!isTold(told)) throw this.#connection.distrust(this.#keyOf(flow, who));
      const [taken, waitMs, used] = told;
      let isBack = used === "";
      return {
        taken,
        waitMs,
        putBack: () => {
          if (!isBack) this.#run(flow, who, ["back", used]).catch(() => undefined);
          isBack = true;
        },
      };
    } catch (fault) {
      if (fault instanceof StateLost) return undefined;
      throw fault;
    }
  }

  #run(flow: FlowSteps, who: string, words: readonly [string, string]): Promise<unknown> {
    const { leastMs, steps, withinMs } = flow;
    const settings = [withinMs, leastMs, steps.length].map(String);
    const key = this.#keyOf(flow, who);
    // An answer that comes too late has used steps up for nothing.
    return this.#connection.run(flowScript, [key], [...words, ...settings], (late) => {
      const used = isTold(late) ? late[2] : "";
      if (used !== "") this.#connection.undo(flowScript, [key], ["back", used, ...settings]);
    });
  }

  #keyOf({ name }: FlowSteps, who: string): string {
    return this.#prefix + createHash("sha256").update(`${name}\n${who}`).digest("base64url");
  }
}

const isTold = (told: unknown): told is Told =>
  Array.isArray(told) &&
  told.length === 3 &&
  Number.isFinite(told[0]) &&
  Number.isFinite(told[1]) &&
  typeof told[2] === "string";
