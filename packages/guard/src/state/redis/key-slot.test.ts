import assert from "node:assert/strict";
import { test } from "../../../../../test/parts/test.ts";
import { slotOf } from "./key-slot.ts";

const keys = ["", "123456789", "foo", "{user1000}.following", "foo{}{bar}", "foo{{bar}}zap"];
const others = ["foo{bar}{zap}", "{", "}{a}", "a{b", "zoë", "limit:{ann@example.com}", "{}"];

test("CRC16 of the specification's example stands at the slot that it names", () => {
  assert.equal(slotOf("123456789"), 0x31c3 % 16_384);
});

test("a key's slot is the one that a cluster says", { needs: ["redisCluster"] }, async ({
  redisCluster: cluster,
}) => {
  for (const key of [...keys, ...others])
    assert.equal(
      slotOf(key),
      Number(
        await cluster.ask(
          cluster.nodes[0] as (typeof cluster.nodes)[number],
          "CLUSTER",
          "KEYSLOT",
          key,
        ),
      ),
      key,
    );
});
