import assert from "node:assert/strict";
import { test } from "node:test";
import { stage } from "../staged-watch.ts";
import type { Sent } from "./staged-traffic.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const start = Date.UTC(2026, 10, 20, 12);
const foreign = [
  { code: "object-not-yours", mode: "observe" as const, detail: undefined, at: undefined },
];

const read = (object: string, more: Partial<Sent> = {}): Sent => ({
  operation: "getAccount",
  object,
  ...more,
});

test("ids that are tried one after another are found before thirteen objects are another's, at any speed", () => {
  for (const apartMs of [200, 15 * second, 2 * minute]) {
    const staged = stage();
    const thief = { address: "203.0.113.9", subject: "thief" };
    let sent = 0;
    while (staged.incidents().length === 0 && sent < 100) {
      const isHit = sent % 5 < 3;
      const more = isHit ? { decisions: foreign } : { status: 404 };
      staged.send(start + sent * apartMs, thief, read(`id-${sent}`, more));
      sent += 1;
    }
    assert.ok(sent <= 12, `${sent}`);
    const [incident] = staged.incidents();
    assert.equal(incident?.kind, "enumeration");
    assert.equal(incident?.because.kind, "subject");
    assert.match(incident?.summary ?? "", /of them left/);
  }
});

test("people who follow old links, and an app that asks for one missing thing again and again, are nothing", () => {
  const staged = stage();
  for (let index = 0; index < 20_000; index += 1) {
    const who = { address: `10.0.${index % 50}.1`, subject: `person${index % 400}` };
    const isGone = index % 13 === 0;
    staged.send(start + index * 100, who, read(`id-${index}`, isGone ? { status: 404 } : {}));
  }
  for (let index = 0; index < 500; index += 1)
    staged.send(
      start + hour,
      { address: "10.0.0.1", subject: "ann" },
      read("gone", { status: 404 }),
    );
  assert.deepEqual(staged.incidents(), []);
});

test("codes that are guessed are told of by the account, and one that was right after it is high", () => {
  const staged = stage();
  const code = (outcome: Sent["outcome"], target = "ann"): Sent => ({
    operation: "verifyCode",
    role: "one-time-code",
    outcome,
    target,
  });
  for (let index = 0; index < 300; index += 1)
    staged.send(
      start + index * second,
      { address: `10.0.0.${index}` },
      code(index % 12 === 0 ? "failure" : "success", `person${index}`),
    );
  assert.deepEqual(staged.incidents(), []);
  const from = start + 30 * hour;
  for (let index = 0; index < 9; index += 1)
    staged.send(from + index * second, { address: "203.0.113.9" }, code("failure"));
  assert.equal(staged.incidents()[0]?.kind, "otp-guessing");
  staged.send(from + minute, { address: "203.0.113.9" }, code("success"));
  assert.equal(staged.incidents()[0]?.severity, "high");
  assert.equal(staged.incidents().length, 1);
});

test("resets of one account again and again, and of many by one client, are told of", () => {
  for (const target of ["ann", ""]) {
    const staged = stage();
    for (let index = 0; index < 30; index += 1)
      staged.send(
        start + index * minute,
        { address: "203.0.113.9" },
        {
          operation: "resetPassword",
          role: "reset",
          outcome: "success",
          target: target === "" ? `person${index}` : target,
        },
      );
    assert.equal(staged.incidents()[0]?.kind, "reset-abuse");
  }
});

test("stolen cards are told of within eight declined ones, and an approved one behind them is critical", () => {
  const staged = stage();
  const card = (target: string, outcome: Sent["outcome"]): Sent => ({
    operation: "addCard",
    role: "payment-method",
    outcome,
    target,
  });
  for (let index = 0; index < 400; index += 1)
    staged.send(
      start + index * minute,
      { address: `10.0.0.${index % 200}`, subject: `person${index}` },
      card(`card${index}`, index % 15 === 0 ? "failure" : "success"),
    );
  assert.deepEqual(staged.incidents(), []);
  const from = start + 10 * hour;
  const thief = { address: "203.0.113.9", subject: "thief", device: "d" };
  let declined = 0;
  while (staged.incidents().length === 0 && declined < 50) {
    staged.send(from + declined * second, thief, card(`stolen${declined}`, "failure"));
    declined += 1;
  }
  assert.ok(declined <= 8, `${declined}`);
  staged.send(from + minute, thief, card("stolen-good", "success"));
  assert.equal(staged.incidents().length, 1);
  assert.equal(staged.incidents()[0]?.severity, "critical");
});

test("stock that is reserved and not bought is told of at the eighth, and who buys some of it is not", () => {
  const staged = stage();
  const reserve: Sent = { operation: "reserve", role: "reserve", outcome: "success" };
  const buy: Sent = { operation: "buy", role: "purchase", outcome: "success" };
  for (let index = 0; index < 60; index += 1) {
    const who = { address: "10.0.0.1", subject: `person${index % 5}` };
    staged.send(start + index * 20 * second, who, reserve);
    if (index % 10 < 5) staged.send(start + index * 20 * second + 5, who, buy);
  }
  assert.deepEqual(staged.incidents(), []);
  for (let index = 0; index < 8; index += 1)
    staged.send(
      start + hour + index * second,
      { address: "10.0.0.9", subject: "hoarder" },
      reserve,
    );
  assert.equal(staged.incidents()[0]?.kind, "hoarding");
});

test("a proof that comes twice again is told of, and one retry of the network is not", () => {
  const staged = stage();
  const reused: Sent = { operation: "pay", status: 401, code: "proof-replayed" };
  staged.send(start, { address: "10.0.0.1" }, reused);
  assert.deepEqual(staged.incidents(), []);
  staged.send(start + minute, { address: "10.0.0.1" }, reused);
  assert.equal(staged.incidents()[0]?.kind, "proof-replay");
});

test("errors of one release are told of by that release, and those of an outage by the operation", () => {
  for (const [isRelease, kind] of [
    [true, "release-regression"],
    [false, "error-spike"],
  ] as const) {
    const staged = stage();
    for (let index = 0; index < 20_000; index += 1) {
      const isBad = index > 15_000 && (!isRelease || index % 4 === 0) && index % 3 > 0;
      staged.send(
        start + index * 300,
        { address: "10.0.0.1" },
        {
          operation: "listOrders",
          status: isBad ? 500 : 200,
          appVersion: index % 4 === 0 ? "3.5.0" : `3.4.${index % 3}`,
        },
      );
    }
    const incidents = staged.incidents();
    assert.equal(incidents.length, 1);
    assert.equal(incidents[0]?.kind, kind);
    if (isRelease) assert.match(incidents[0]?.observed ?? "", /version 3\.5\.0/);
  }
});

test("who reads far more than others did the day before is told of, and a heavy reader is not", () => {
  const staged = stage({ trafficSpike: "off" });
  for (const day of [0, 1])
    for (let index = 0; index < 12_000; index += 1) {
      const who = { address: "10.0.0.1", subject: `person${index % 300}` };
      staged.send(start + day * 24 * hour + index * 5 * second, who, read(`id-${day}-${index}`));
    }
  assert.deepEqual(staged.incidents(), []);
  const scraper = { address: "203.0.113.9", subject: "scraper" };
  for (let index = 0; index < 1200; index += 1)
    staged.send(start + 48 * hour + index * second, scraper, read(`item-${index}`));
  assert.equal(staged.incidents()[0]?.kind, "mass-read");
  assert.equal(staged.incidents().length, 1);
});

test("what the backend answers and no document names is told of once, and what it does not know never", () => {
  const staged = stage();
  for (const status of [404, 200]) {
    for (let index = 0; index < 60; index += 1)
      staged.send(
        start + index * minute,
        { address: `10.0.0.${index % 9}` },
        { operation: "(undeclared)", status },
      );
    assert.equal(staged.incidents().length, status === 200 ? 1 : 0);
  }
  assert.equal(staged.incidents()[0]?.kind, "shadow-operation");
});

test("no detector holds more after a flood of everything that callers can invent", () => {
  const staged = stage();
  const bytes = staged.watch.states().map((one) => one.bytes);
  assert.ok(bytes.reduce((sum, one) => sum + one, 0) < 64 * 2 ** 20);
  for (let index = 0; index < 30_000; index += 1)
    staged.send(
      start + index,
      { address: `${index}.1.1.1`, subject: `s${index}`, device: `d${index}`, shape: index },
      {
        operation: `op${index % 2000}`,
        object: `o${index}`,
        status: 200,
        appVersion: `${index}.0.0`,
      },
    );
  assert.deepEqual(
    staged.watch.states().map((one) => one.bytes),
    bytes,
  );
  assert.deepEqual(staged.incidents(), []);
});
