import assert from "node:assert/strict";
import { test } from "node:test";
import { ClockWatch } from "./clock-watch.ts";

const second = 1000;
const hour = 3600 * second;
const start = 1_800_000_000_000;

/** A machine whose clock somebody sets, and what is judged of it. */
function machine(issuesHere = false) {
  let steady = 5000;
  let set = 0;
  const said: (string | undefined)[] = [];
  const told = { now: 0, doubt: 0 };
  const watch = new ClockWatch({
    steadyMs: () => steady,
    wallMs: () => start + steady + set,
    issuesHere: () => issuesHere,
    onTime: (now, doubt) => Object.assign(told, { now, doubt }),
    onMoved: (why) => said.push(why),
  });
  return {
    watch,
    said,
    /** How far the time that is judged by is from the true one, and the other one's distance. */
    judged: () => [Math.round(told.now - start - steady), Math.round(told.doubt)],
    setBy: (ms: number) => void (set = ms),
    hear: (name: string, aheadMs = 0): void => watch.hear(name, start + steady + aheadMs),
    pass: (ms: number): void => {
      for (let left = ms; left > 0; left -= second) {
        steady += Math.min(second, left);
        watch.look();
      }
    },
  };
}

for (const by of [-hour, hour, -31 * second, 31 * second])
  test(`a clock that is set by ${by / second} seconds is said, and for a while both are judged by`, () => {
    const { judged, pass, said, setBy, watch } = machine();
    pass(10 * second);
    setBy(by);
    pass(second);
    assert.deepEqual(judged(), [0, by]);
    assert.deepEqual(said, [
      `it was set ${Math.abs(by / second)} seconds ${by < 0 ? "back" : "ahead"}`,
    ]);
    assert.deepEqual(watch.apartSeconds(), { wall: by / second });
    pass(14 * 60 * second);
    assert.deepEqual(judged(), [0, by]);
    pass(2 * 60 * second);
    assert.deepEqual(judged(), [by, 0]);
    assert.equal(said.length, 2);
  });

test("a clock that drifts, or is set by less, is followed bit by bit and nothing is said", () => {
  const { judged, pass, said, setBy } = machine();
  setBy(-20 * second);
  pass(second);
  assert.deepEqual(judged(), [-100, 0]);
  pass(300 * second);
  assert.deepEqual(judged(), [-20 * second, 0]);
  assert.deepEqual(said, []);
});

test("a clock that comes back leaves nothing behind", () => {
  const { judged, pass, said, setBy } = machine();
  setBy(-hour);
  pass(60 * second);
  setBy(0);
  pass(second);
  assert.deepEqual(judged(), [0, 0]);
  assert.deepEqual(said, ["it was set 3600 seconds back", undefined]);
});

test("a witness who agrees with the wall clock ends the doubt for new tokens at once, not for old ones", () => {
  const at = machine();
  const { judged, pass, setBy } = at;
  setBy(hour);
  pass(second);
  at.hear("issuer", hour);
  assert.deepEqual(judged(), [hour, -hour]);
  pass(16 * 60 * second);
  assert.deepEqual(judged(), [hour, 0]);
});

for (const issuesHere of [false, true])
  test(`a witness who denies the wall clock keeps it out${issuesHere ? ", but for tokens that are made by it" : ""}`, () => {
    const at = machine(issuesHere);
    const { judged, pass, said, setBy } = at;
    at.hear("redis");
    setBy(-hour);
    pass(1500 * second);
    assert.deepEqual(judged(), [0, issuesHere ? -hour : 0]);
    assert.equal(said.length, 1);
  });
