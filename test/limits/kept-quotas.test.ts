import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  allocateSharedBuckets,
  neverEnds,
  type QuotaBucket,
  type QuotaStore,
  rateBucket,
  SharedMemoryState,
  withStoredQuotas,
} from "@portcullis/guard/state";
import { QuotaAnswering } from "../../packages/server/src/control/answer-quotas.ts";
import { AskQuotas } from "../../packages/server/src/gate/ask-quotas.ts";
import type { FromGate } from "../../packages/server/src/gate/settings.ts";
import type { DatabaseStore } from "../../packages/server/src/store/database-store.ts";
import { openStore } from "../../packages/server/src/store/open-store.ts";
import { atOnce, forEveryStore } from "../identity/every-store.ts";
import { planned } from "../policy/planned.ts";
import { stateContract } from "../state/state-contract.ts";

const memory = () => new SharedMemoryState(allocateSharedBuckets(131_072, [1, 2]));

/** Quotas of a gate thread, with the control thread's answers at the other end. */
function quotasIn(store: DatabaseStore | undefined): QuotaStore {
  const answering = new QuotaAnswering(store);
  const asking: AskQuotas = new AskQuotas((message: FromGate) => {
    if (message.kind !== "quotas") return;
    const { questions } = message;
    void answering.answer(questions).then((answers) => asking.answered(questions.ask, answers));
  }, 60_000);
  return asking;
}

stateContract("quotas in SQLite", [], async () => {
  const store = await openStore("quotas.db", mkdtempSync(join(tmpdir(), "portcullis-quotas-")));
  // Room enough for all keys of the contract, whichever sets of places they fall into.
  const rates = new SharedMemoryState(allocateSharedBuckets(1_048_576, [1, 2]));
  const state = withStoredQuotas(rates, quotasIn(store));
  return { ...state, close: () => store.close() };
});

const quota = (who: string, most: number, more: Partial<QuotaBucket> = {}): QuotaBucket => ({
  kind: "quota",
  limit: "kept",
  who,
  cost: 1,
  onLoss: "deny",
  most,
  atMs: 1_000_000,
  endsAtMs: neverEnds,
  lengthMs: neverEnds,
  ...more,
});

forEveryStore((stated, store) => {
  const passed = async (state: ReturnType<typeof withStoredQuotas>, bucket: QuotaBucket) =>
    (await atOnce(async () => (await state.takeAll([bucket])).refusedBy)).filter(
      (one) => one === -1,
    ).length;

  stated("nodes that share it count a quota as one, to the last request", async () => {
    const [one, other] = [quotasIn(store()), quotasIn(store())].map((quotas) =>
      withStoredQuotas(memory(), quotas),
    ) as [ReturnType<typeof withStoredQuotas>, ReturnType<typeof withStoredQuotas>];
    const own = quota("nodes", 13);
    const both = await Promise.all([passed(one, own), passed(other, own)]);
    assert.equal(both[0] + both[1], 13);
    const again = withStoredQuotas(memory(), quotasIn(store()));
    assert.equal(await passed(again, own), 0, "and a node that begins anew knows it");
  });

  stated("requests that take the same quotas in another order do not wait for ever", async () => {
    const state = withStoredQuotas(memory(), quotasIn(store()));
    const [a, b] = [quota("order a", 30), quota("order b", 30)];
    const taken = await Promise.all([
      ...Array.from({ length: 20 }, async () => state.takeAll([a, b])),
      ...Array.from({ length: 20 }, async () => state.takeAll([b, a])),
    ]);
    assert.equal(taken.filter(({ refusedBy }) => refusedBy === -1).length, 30);
  });

  stated(
    "what another bucket refuses uses up nothing of a quota, nor the other way round",
    async () => {
      const state = withStoredQuotas(memory(), quotasIn(store()));
      const own = quota("both", 5);
      const rate = rateBucket("rate", "both", { intervalMs: 1e9, burst: 2 });
      for (const refusedBy of [-1, -1, 1])
        assert.equal((await state.takeAll([own, rate])).refusedBy, refusedBy);
      assert.equal((await state.takeAll([own])).remaining[0], 2);
      const spent = quota("spent", 1);
      await state.takeAll([spent]);
      const other = rateBucket("rate", "other", { intervalMs: 1e9, burst: 2 });
      assert.equal((await state.takeAll([other, spent])).refusedBy, 1);
      assert.deepEqual((await state.takeAll([other])).remaining, [1]);
    },
  );

  stated("windows that ended are forgotten, and those that run are not", async () => {
    const table = store().limitQuotas;
    const take = { name: "ended", cost: 1, most: 1, atMs: 0, endsAtMs: 10 };
    await table.take(take);
    await table.take({ ...take, name: "runs", endsAtMs: 1_000_000_000 });
    assert.equal(await table.removeEnded(11, 100), 1);
    assert.equal(await table.take({ ...take, name: "runs", atMs: 1 }), undefined);
  });
});

test("while the store cannot tell, a quota is refused or counted here, as it says", async () => {
  const state = withStoredQuotas(memory(), quotasIn(undefined));
  const rate = rateBucket("rate", "lost", { intervalMs: 1e9, burst: 1 });
  await assert.rejects(Promise.resolve(state.takeAll([rate, quota("lost", 5)])), /store/);
  assert.equal((await state.takeAll([rate])).refusedBy, -1, "and nothing else was used up");
  const local = quota("lost", 2, { onLoss: "local" });
  for (const refusedBy of [-1, -1, 0])
    assert.equal((await state.takeAll([local])).refusedBy, refusedBy);
});

test("a quota that nobody keeps, or each node by itself, is refused", async () => {
  const of = async (top: string): Promise<string> =>
    (
      await planned(
        `${top}operations: [{ match: login, limits: [{ quota: 5/day, per: address }] }]\n`,
      )
    ).faults.join("\n");
  assert.match(await of(""), /kept in the store, and none is named/);
  assert.match(await of("store: ./a.db\nstate: redis://counts.example\n"), /each node would keep/);
  assert.equal(await of("store: ./a.db\n"), "");
  assert.equal(await of("store: postgres://u@h/d\nstate: redis://counts.example\n"), "");
});
