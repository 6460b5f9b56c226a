import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttackWatch } from "../attack-watch.ts";
import { stage, type Staged } from "../staged-watch.ts";
import type { Sent } from "./staged-traffic.ts";

const second = 1000;
const minute = 60 * second;
const start = Date.UTC(2026, 10, 20, 12);

const failed = (target: string): Sent => ({
  operation: "login",
  role: "sign-in",
  outcome: "failure",
  target,
});
const succeeded = (target: string): Sent => ({ ...failed(target), outcome: "success" });

/** An hour of people behind few shared addresses, of whom one in eight mistypes at first. */
function people(staged: Staged, fromMs: number, hours = 1): void {
  for (let index = 0; index < 2500 * hours; index += 1) {
    const atMs = fromMs + (index * hours * 3600 * second) / (2500 * hours);
    const who = { address: `10.1.0.${index % 20}`, shape: 7 };
    const name = `person${(index * 7919) % 20_000}`;
    if (index % 8 === 0) staged.send(atMs, who, failed(name));
    if (index % 200 !== 0) staged.send(atMs + 10, who, succeeded(name));
  }
}

test("a list of stolen passwords from one address is one incident within seconds, and says so", () => {
  const staged = stage();
  people(staged, start);
  assert.deepEqual(staged.incidents(), []);
  const attacker = { address: "203.0.113.9", shape: 99 };
  const from = start + 3600 * second;
  for (let index = 0; index < 25; index += 1)
    staged.send(from + index * 200, attacker, failed(`victim${index}`));
  const [incident] = staged.incidents();
  assert.equal(staged.incidents().length, 1);
  assert.ok(incident !== undefined && incident.lastAtMs - from < 5 * second);
  assert.equal(incident.kind, "credential-stuffing");
  assert.equal(incident.severity, "low");
  assert.equal(incident.because.kind, "client");
  assert.equal(incident.because.share, 1);
  assert.ok(incident.records.length >= 6 && incident.records.length <= 10);
  assert.match(incident.falseIf, /detect: \{ credentialStuffing/);
  assert.match(incident.observed, /failed sign-ins for about \d+ accounts/);
});

test("whoever gets in among hundreds of failures raises it to high, and ten of them to critical", () => {
  const staged = stage();
  const attacker = { address: "203.0.113.9", shape: 99 };
  for (let index = 0; index < 400; index += 1) {
    const isHit = index === 50 || (index > 300 && index % 9 === 0);
    staged.send(start + index * 300, attacker, (isHit ? succeeded : failed)(`victim${index}`));
    if (index === 60) assert.equal(staged.incidents()[0]?.severity, "high");
  }
  assert.equal(staged.incidents().length, 1);
  assert.equal(staged.incidents()[0]?.severity, "critical");
});

test("a hundred failures in five minutes are at least low, though of one name or held by a limit", () => {
  for (const sent of [
    failed("ann"),
    { ...failed(""), status: 429, code: "limit-exceeded", outcome: undefined },
  ]) {
    const staged = stage({ accountGuessing: "off" });
    for (let index = 0; index < 99; index += 1)
      staged.send(start + index * 2 * second, { address: "203.0.113.9" }, sent);
    assert.deepEqual(staged.incidents(), []);
    staged.send(start + 200 * second, { address: "203.0.113.9" }, sent);
    const [incident] = staged.incidents();
    assert.equal(incident?.severity, "low");
    assert.equal(incident?.kind, "credential-stuffing");
  }
});

test("so many failures as a large service has in any five minutes are nothing", () => {
  const staged = stage();
  for (let index = 0; index < 12_000; index += 1) {
    const who = { address: `10.${index % 7}.${index % 199}.${index % 13}`, shape: 7 };
    const name = `person${index}`;
    const atMs = start + index * 50;
    if (index % 10 === 0) staged.send(atMs, who, failed(name));
    staged.send(atMs + 5, who, succeeded(name));
  }
  assert.deepEqual(staged.incidents(), []);
});

test("an attack that is spread over two thousand addresses is heard within five minutes, as one", () => {
  const staged = stage();
  people(staged, start, 2);
  const from = start + 2 * 3600 * second;
  let heard = Number.POSITIVE_INFINITY;
  for (let index = 0; index < 4000; index += 1) {
    const atMs = from + index * 300;
    const number = (index * 7) % 2000;
    staged.send(
      atMs,
      { address: `100.${number >> 8}.${number & 255}.7`, shape: 50 },
      failed(`victim${index}`),
    );
    if (index % 3 === 0)
      staged.send(atMs, { address: `10.1.0.${index % 20}`, shape: 7 }, succeeded(`person${index}`));
    if (staged.incidents().length > 0) heard = Math.min(heard, atMs - from);
  }
  assert.ok(heard <= 5 * minute, `${heard / second} s`);
  assert.equal(staged.incidents().length, 1);
});

test("the password of one account that is guessed from many places is told of by the account", () => {
  const staged = stage({ credentialStuffing: "off", passwordSpraying: "off" });
  for (let index = 0; index < 12; index += 1)
    staged.send(start + index * minute, { address: `100.0.${index}.1` }, failed("ann"));
  const [incident] = staged.incidents();
  assert.equal(incident?.kind, "account-guessing");
  assert.equal(incident?.because.kind, "target");
  staged.send(start + 13 * minute, { address: "100.0.99.1" }, succeeded("ann"));
  assert.equal(staged.incidents()[0]?.severity, "high");
});

test("a clock that jumps empties what was counted, and neither opens an incident nor hides the next", () => {
  const staged = stage();
  const attacker = { address: "203.0.113.9", shape: 99 };
  for (let index = 0; index < 5; index += 1)
    staged.send(start + index, attacker, failed(`a${index}`));
  for (const jumped of [start - 86_400_000, start + 40 * 86_400_000]) {
    staged.send(jumped, { address: "10.0.0.1" }, succeeded("ann"));
    assert.deepEqual(staged.incidents(), []);
  }
  assert.equal(staged.watch.voided, 2);
  for (let index = 0; index < 30; index += 1)
    staged.send(start + 40 * 86_400_000 + index * second, attacker, failed(`b${index}`));
  assert.equal(staged.incidents().length, 1);
});

test("names and shapes that nobody has seen flood nothing, and an attack under way is found among them", () => {
  const staged = stage();
  const attacker = { address: "203.0.113.9", shape: 99 };
  const before = staged.watch.states().map(({ bytes }) => bytes);
  for (let index = 0; index < 60_000; index += 1) {
    const who = { address: `${index & 255}.${(index >> 8) & 255}.${index >> 16}.1`, shape: index };
    staged.send(start + index * 20, who, failed(`random ${index}`));
    if (index % 300 === 0) staged.send(start + index * 20, attacker, failed(`victim${index}`));
  }
  const incidents = staged.incidents();
  assert.ok(incidents.length <= 2, `${incidents.length}`);
  assert.ok(
    incidents.some(({ keys }) => keys.some(({ kind }) => kind === "client")),
    "the attacker's own key is named",
  );
  assert.deepEqual(
    staged.watch.states().map(({ bytes }) => bytes),
    before,
  );
});

test("a detector that is off, or that no operation has a role for, says so and finds nothing", () => {
  const staged = stage({
    credentialStuffing: "off",
    passwordSpraying: { mode: "off" },
    accountGuessing: "off",
  });
  for (let index = 0; index < 500; index += 1)
    staged.send(start + index * 100, { address: "203.0.113.9" }, failed(`v${index}`));
  assert.deepEqual(staged.incidents(), []);
  const states = (one: AttackWatch) =>
    Object.fromEntries(one.states().map(({ name, state }) => [name, state]));
  assert.equal(states(staged.watch)["credentialStuffing"], "off");
  staged.watch.use({}, new Set());
  assert.equal(states(staged.watch)["credentialStuffing"], "not configured");
});
