import assert from "node:assert/strict";
import { test } from "node:test";
import { allocateSharedStages, SharedStageMemory } from "./shared-stages.ts";

const hourMs = 3_600_000;

test("a name that one thread keeps is there for all, and no other name is", () => {
  const shared = allocateSharedStages(65_536, [1, 2]);
  const [one, other] = [new SharedStageMemory(shared), new SharedStageMemory(shared)];
  for (let index = 0; index < 20_000; index += 1) one.keep(`session ${index}`);
  for (let index = 0; index < 20_000; index += 1) {
    assert.ok(other.has(`session ${index}`));
    assert.ok(!other.has(`stranger ${index}`));
  }
  assert.equal(shared.memory.byteLength, 65_536 * 8.25);
});

test("the memory is fixed: the name that was kept the longest ago makes room, and one that is kept again stays", () => {
  let now = 0;
  const shared = allocateSharedStages(16, [1, 2]);
  const memory = new SharedStageMemory(shared, () => now);
  for (let index = 0; index < 16; index += 1) {
    memory.keep(`session ${index}`);
    now += hourMs;
  }
  memory.keep("session 0");
  memory.keep("session new");
  assert.ok(memory.has("session 0") && memory.has("session new"));
  assert.ok(!memory.has("session 1"));
  for (let index = 2; index < 16; index += 1) assert.ok(memory.has(`session ${index}`));
});

test("hours that have gone round do not make an old name young for ever", () => {
  let now = 65_535 * hourMs;
  const memory = new SharedStageMemory(allocateSharedStages(16, [1, 2]), () => now);
  for (let index = 0; index < 16; index += 1) memory.keep(`session ${index}`);
  now += 2 * hourMs;
  memory.keep("late");
  memory.keep("later");
  assert.ok(memory.has("late") && memory.has("later"));
});
