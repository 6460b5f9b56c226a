import assert from "node:assert/strict";
import { test } from "node:test";
import { stage } from "../staged-watch.ts";
import type { Sent } from "./staged-traffic.ts";

const second = 1000;
const start = Date.UTC(2026, 10, 20, 12);

const read = (object: string, more: Partial<Sent> = {}): Sent => ({
  operation: "getAccount",
  object,
  ...more,
});

test("objects that were never shown are told of by the fortieth, though all are there, and people who come back are nothing", () => {
  const staged = stage();
  const readShown = (who: string, object: string, wasShown: boolean, atMs: number): void =>
    staged.send(atMs, { address: "10.0.0.1", subject: who }, read(object, { wasShown }));
  for (let index = 0; index < 4000; index += 1) {
    const who = `person${index % 200}`;
    readShown(who, `own-${index}`, index % 25 !== 0, start + index * second);
  }
  // An app that is installed anew asks for a few that it has from elsewhere.
  for (let index = 0; index < 20; index += 1)
    readShown("ann", `old-${index}`, false, start + 5000 * second + index);
  assert.deepEqual(staged.incidents(), []);
  let sent = 0;
  for (; staged.incidents().length === 0 && sent < 100; sent += 1)
    readShown("thief", `leaked-${sent}`, false, start + (6000 + sent * 60) * second);
  assert.ok(sent <= 40, `${sent}`);
  assert.equal(staged.incidents()[0]?.kind, "never-shown-ids");
});

test("where most of what is read was never shown, that says nothing", () => {
  const staged = stage();
  for (let index = 0; index < 6000; index += 1)
    staged.send(
      start + index * second,
      { address: "10.0.0.1", subject: index < 5000 ? `person${index % 100}` : "reader" },
      read(`country-${index}`, { wasShown: false }),
    );
  assert.deepEqual(
    staged.incidents().filter(({ kind }) => kind === "never-shown-ids"),
    [],
  );
});
