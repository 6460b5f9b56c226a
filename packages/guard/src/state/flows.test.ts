import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { flowContract, flowOf, somebody } from "../../../../test/flow/flow-contract.ts";
import { openRedis, planFor } from "../../../../test/state/open-redis.ts";
import { test as testWith } from "../../../../test/parts/test.ts";
import { type FlowSteps, isWhole } from "./flows.ts";
import { allocateSharedFlows, flowEvictionsOf, SharedFlows } from "./shared-flows.ts";

const memory = (now?: () => number): SharedFlows =>
  new SharedFlows(allocateSharedFlows(4096, [1, 2]), now);

flowContract("shared memory", [], () =>
  Promise.resolve({ flows: memory(), close: () => Promise.resolve() }),
);
flowContract("Redis", ["redis"], async ({ redis }) => {
  const { state } = await openRedis(planFor(redis));
  return { flows: state.flows(memory(), "local"), close: () => state.close() };
});

test("threads that share the memory use the steps up once", async () => {
  const table = allocateSharedFlows(1024, [3, 4]);
  const flow = flowOf();
  const flows = new SharedFlows(table);
  for (let who = 0; who < 50; who += 1)
    for (const step of [0, 1]) flows.note(flow, String(who), step);
  const code = `
    const { workerData, parentPort } = require("node:worker_threads");
    import(workerData.module).then(({ SharedFlows }) => {
      const flows = new SharedFlows(workerData.table);
      const used = [];
      for (let who = 0; who < 50; who += 1)
        if (flows.use(workerData.flow, String(who), false).taken === 2) used.push(who);
      parentPort.postMessage(used);
    });`;
  const module = new URL("./shared-flows.ts", import.meta.url).href;
  const used = await Promise.all(
    [1, 2].map(
      () =>
        new Promise<number[]>((resolve, reject) => {
          const worker = new Worker(code, { eval: true, workerData: { table, flow, module } });
          worker.once("message", resolve).once("error", reject);
        }),
    ),
  );
  assert.deepEqual(
    used.flat().sort((one, two) => one - two),
    Array.from({ length: 50 }, (_, index) => index),
  );
});

/** Whether somebody may go on by everything they have ever done: the rules, told in another way. */
function mayGoOn(
  done: readonly (readonly [step: number, at: number])[],
  flow: FlowSteps,
  now: number,
  withinMs: number,
): boolean {
  const reach = (step: number, before: number, first: number): boolean =>
    step === flow.steps.length
      ? before + flow.leastMs <= now && now - first <= withinMs
      : done.some(
          ([which, at]) =>
            which === step &&
            (step === 0 || at >= before + flow.leastMs) &&
            reach(step + 1, at, step === 0 ? at : first),
        );
  return reach(0, 0, 0);
}

const isUnhurried = (
  done: readonly (readonly [step: number, at: number])[],
  flow: FlowSteps,
): boolean =>
  done.every(([step, at], index) =>
    done.slice(index + 1).every(([other, later]) => other !== step || later - at >= flow.leastMs),
  );

test("whatever somebody does in whatever order, they may go on where a way through the steps is in time and at the pace, and nowhere else", () => {
  let seed = 7;
  const random = (below: number): number =>
    (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % below;
  let [passed, refused] = [0, 0];
  for (let round = 0; round < 400; round += 1) {
    let now = 1_000_000;
    const flows = memory(() => now);
    const flow = flowOf({ steps: ["a", "b", "c"], withinMs: 60_000, leastMs: 2000 });
    const done: [number, number][] = [];
    for (let act = 0; act < 14; act += 1) {
      now += random(3) === 0 ? random(30_000) : random(6000);
      const step = random(3);
      flows.note(flow, "ann", step);
      done.push([step, now]);
      const may = isWhole(flows.use(flow, "ann", true), flow);
      if (may) passed += 1;
      else refused += 1;
      const reached = mayGoOn(done, flow, now, flow.withinMs);
      // A step that is repeated within the pace counts as taken once, when it was taken first.
      if (may || isUnhurried(done, flow)) assert.equal(may, reached, `${seed}`);
    }
  }
  assert.ok(passed > 300 && refused > 300, `${passed} ${refused}`);
});

test("the memory is fixed; what lapses first makes room, and that is counted", () => {
  const table = allocateSharedFlows(8, [5, 6]);
  let now = 1000;
  const flows = new SharedFlows(table, () => now);
  const flow = flowOf({ steps: ["addToCart"] });
  for (let who = 0; who < 9; who += 1) {
    now += 1;
    flows.note(flow, String(who), 0);
  }
  assert.equal(flowEvictionsOf(table), 1);
  assert.equal(flows.use(flow, "0", true).taken, 0);
  for (let who = 1; who < 9; who += 1) assert.equal(flows.use(flow, String(who), true).taken, 1);
  // Whoever has taken no first step takes nobody's room.
  flows.note(flowOf(), "another", 1);
  assert.equal(flowEvictionsOf(table), 1);
});

testWith(
  "nodes use the steps up once together, and whoever has taken them elsewhere is told so",
  { needs: ["redis"] },
  async ({ redis }) => {
    const nodes = await Promise.all([1, 2].map(() => openRedis(planFor(redis))));
    const flows = nodes.map(({ state }) => state.flows(memory(), "local"));
    const [here, there] = flows as [(typeof flows)[0], (typeof flows)[0]];
    const flow = flowOf();
    const ann = somebody();
    here.note(flow, ann, 0);
    await here.use(flow, ann, true);
    there.note(flow, ann, 1);
    await there.use(flow, ann, true);
    const used = await Promise.all(
      [here, there, here, there].map(async (one) => one.use(flow, ann, false)),
    );
    assert.equal(used.filter((one) => isWhole(one, flow)).length, 1);
    await Promise.all(nodes.map(({ state }) => state.close()));
  },
);

testWith(
  "while Redis is lost those may go on whose steps this process has seen, unless nobody may",
  { needs: ["redis"] },
  async ({ redis }) => {
    const { state } = await openRedis(planFor(redis));
    const flow = flowOf();
    const [ann, bob] = [somebody(), somebody()];
    const [local, deny] = [state.flows(memory(), "local"), state.flows(memory(), "deny")];
    for (const flows of [local, deny]) {
      for (const step of [0, 1]) flows.note(flow, ann, step);
      await flows.use(flow, ann, true);
    }
    await state.close();
    assert.ok(isWhole(await local.use(flow, ann, false), flow));
    for (const [flows, who] of [
      [local, ann],
      [local, bob],
      [deny, ann],
    ] as const)
      await assert.rejects(async () => flows.use(flow, who, false), /cannot be reached/);
  },
);
