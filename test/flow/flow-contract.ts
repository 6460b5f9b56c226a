import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { type FlowState, type FlowSteps, isWhole } from "@portcullis/guard/state";
import type { PartName } from "../parts/parts.ts";
import { type Given, test } from "../parts/test.ts";

const hour = 3_600_000;
export const flowOf = (rest: Partial<FlowSteps> = {}): FlowSteps => ({
  name: "order",
  steps: ["addToCart", "startCheckout"],
  withinMs: hour,
  leastMs: 0,
  ...rest,
});

let made = 0;
/** Somebody who has taken no step, in a state that other tests share. */
export const somebody = (): string => `${process.pid}-${Date.now()}-${(made += 1)}`;

export interface OpenedFlows {
  readonly flows: FlowState;
  readonly close: () => Promise<void>;
}

/**
 * What every memory of steps must keep.
 *
 * @param needs what the implementation needs from outside
 * @param open gives one that is ready for use
 */
export function flowContract<Name extends PartName>(
  name: string,
  needs: readonly Name[],
  open: (given: Given<Name>) => Promise<OpenedFlows>,
): void {
  const withFlows = (title: string, body: (flows: FlowState) => Promise<void>): void => {
    test(`${name}: ${title}`, { needs }, async (given) => {
      const { close, flows } = await open(given);
      try {
        await body(flows);
      } finally {
        await close();
      }
    });
  };
  const taken = async (flows: FlowState, flow: FlowSteps, who: string): Promise<number> =>
    (await flows.use(flow, who, true)).taken;

  withFlows("steps count in their order, each for whoever took it", async (flows) => {
    const flow = flowOf();
    const [ann, bob] = [somebody(), somebody()];
    flows.note(flow, ann, 1);
    assert.equal(await taken(flows, flow, ann), 0);
    flows.note(flow, ann, 0);
    assert.equal(await taken(flows, flow, ann), 1);
    flows.note(flow, ann, 1);
    assert.equal(await taken(flows, flow, ann), 2);
    assert.equal(await taken(flows, flow, bob), 0);
    assert.equal(await taken(flows, flowOf({ name: "another" }), ann), 0);
  });

  withFlows("of requests at the same moment one uses the steps up", async (flows) => {
    const flow = flowOf();
    const ann = somebody();
    for (const step of [0, 1]) flows.note(flow, ann, step);
    const used = await Promise.all(
      Array.from({ length: 20 }, async () => flows.use(flow, ann, false)),
    );
    assert.equal(used.filter((one) => isWhole(one, flow)).length, 1);
    assert.equal(await taken(flows, flow, ann), 0);
  });

  withFlows("steps that are kept may be used again", async (flows) => {
    const flow = flowOf();
    const ann = somebody();
    for (const step of [0, 1]) flows.note(flow, ann, step);
    for (const _ of [1, 2, 3]) assert.ok(isWhole(await flows.use(flow, ann, true), flow));
  });

  withFlows(
    "what was used up can be put back once, beside what was done meanwhile",
    async (flows) => {
      const flow = flowOf();
      const ann = somebody();
      for (const step of [0, 1]) flows.note(flow, ann, step);
      const first = await flows.use(flow, ann, false);
      flows.note(flow, ann, 0);
      assert.equal(await taken(flows, flow, ann), 1);
      first.putBack();
      const second = await flows.use(flow, ann, false);
      assert.ok(isWhole(second, flow));
      first.putBack();
      assert.equal(await taken(flows, flow, ann), 0);
    },
  );

  withFlows("what comes sooner than a person does is no step", async (flows) => {
    const flow = flowOf({ leastMs: hour / 4 });
    const ann = somebody();
    flows.note(flow, ann, 0);
    flows.note(flow, ann, 1);
    assert.equal(await taken(flows, flow, ann), 1);
    const single = flowOf({ steps: ["addToCart"], leastMs: hour / 4, name: "single" });
    flows.note(single, ann, 0);
    const { taken: all, waitMs } = await flows.use(single, ann, false);
    assert.equal(all, 1);
    assert.ok(waitMs > 0 && waitMs <= hour / 4, `${waitMs}`);
  });

  withFlows("whoever has waited may go on, and steps lapse", async (flows) => {
    const flow = flowOf({ leastMs: 20, steps: ["addToCart"], withinMs: 1000 });
    const ann = somebody();
    flows.note(flow, ann, 0);
    await sleep(25);
    assert.ok(isWhole(await flows.use(flow, ann, true), flow));
    await sleep(1000);
    assert.equal(await taken(flows, flow, ann), 0);
  });
}
