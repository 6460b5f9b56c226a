import type { QuotasTaken, QuotaTake } from "@portcullis/guard/state";
import type { QuotaAnswers, QuotaQuestions } from "../gate/ask-quotas.ts";
import type { DatabaseStore } from "../store/database-store.ts";
import type { LimitQuotaTable } from "../store/tables/limit-quotas.ts";

const forgetEveryMs = 3_600_000;
const mostForgotten = 10_000;

/** Answers what gate threads ask of the quotas in the store, for which they wait. */
export class QuotaAnswering {
  readonly #store: DatabaseStore | undefined;
  #forgotAt = 0;

  constructor(store: DatabaseStore | undefined) {
    this.#store = store;
  }

  async answer({ changes, takes }: QuotaQuestions): Promise<QuotaAnswers> {
    const store = this.#store;
    if (store === undefined) return [];
    const taken = takes.map((one) => takeAll(store, one).catch(() => undefined));
    for (const { by, take } of changes)
      await store.limitQuotas.change(take, by).catch(() => undefined);
    this.#forget(store, takes[0]?.[0]?.atMs ?? 0);
    return Promise.all(taken);
  }

  /** Windows that have ended some hours ago by any clock. */
  #forget({ limitQuotas }: DatabaseStore, atMs: number): void {
    if (atMs - this.#forgotAt < forgetEveryMs) return;
    this.#forgotAt = atMs;
    limitQuotas.removeEnded(atMs - 24 * forgetEveryMs, mostForgotten).catch(() => undefined);
  }
}

/** By name, so that two requests that take from the same quotas never wait for each other. */
async function takeAll(store: DatabaseStore, takes: readonly QuotaTake[]): Promise<QuotasTaken> {
  const [only] = takes;
  if (takes.length === 1 && only !== undefined) {
    const left = await store.limitQuotas.take(only);
    return left === undefined ? refusedBy(0) : { refusedBy: -1, remaining: [left] };
  }
  const order = takes
    .map((take, index) => ({ take, index }))
    .sort((one, other) => (one.take.name < other.take.name ? -1 : 1));
  return store.inTransaction(async ({ limitQuotas }) => {
    const remaining = takes.map(() => 0);
    for (const [at, { index, take }] of order.entries()) {
      const left = await limitQuotas.take(take);
      if (left === undefined) {
        await giveBack(
          limitQuotas,
          order.slice(0, at).map((one) => one.take),
        );
        return refusedBy(index);
      }
      remaining[index] = left;
    }
    return { refusedBy: -1, remaining };
  });
}

async function giveBack(table: LimitQuotaTable, takes: readonly QuotaTake[]): Promise<void> {
  for (const take of takes) await table.change(take, -take.cost);
}

const refusedBy = (index: number): QuotasTaken => ({ refusedBy: index, remaining: [] });
