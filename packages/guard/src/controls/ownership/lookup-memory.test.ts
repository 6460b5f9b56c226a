import assert from "node:assert/strict";
import { test } from "node:test";
import type { Caller } from "../../facts/caller.ts";
import type { Envelope } from "../../facts/envelope.ts";
import { noHeaderFields } from "../../facts/header-fields.ts";
import { WriteVersions } from "../../state/write-versions.ts";
import { LookupMemory } from "./lookup-memory.ts";

const nowMs = 1_000_000;
const path = "/notes/7";
const asked = { answer: { ownerId: "ann" } };

const callerOf = (subject: string): Caller => ({ subject }) as Caller;
const ann = callerOf("ann");

interface By {
  readonly caller?: Caller | undefined;
  readonly host?: string;
  readonly forwardFields?: string[];
  readonly envelope?: Envelope;
}

const keyOf = (memory: LookupMemory, by: By, target = path): string =>
  memory.keyOf(
    {
      caller: "caller" in by ? by.caller : ann,
      fields: { ...noHeaderFields(), host: by.host ?? "api.example" },
      forwardFields: by.forwardFields ?? [],
      envelope: by.envelope,
    },
    target,
  );

test("what a lookup has told is remembered for whatever may have chosen the answer, and for nothing else", () => {
  const memory = new LookupMemory(new WriteVersions());
  const usual = keyOf(memory, {});
  assert.equal(keyOf(memory, {}), usual);
  const others: readonly (readonly [what: string, by: By, target?: string])[] = [
    ["another target", {}, "/notes/8"],
    ["another query", {}, "/notes/7?of=ben"],
    ["another person", { caller: callerOf("ben") }],
    ["another token of the same person", { caller: callerOf("ann") }],
    ["nobody", { caller: undefined }],
    ["another host", { host: "other.example" }],
    ["a field that may choose", { forwardFields: ["X-Tenant", "blue"] }],
    ["another value of it", { forwardFields: ["X-Tenant", "red"] }],
    ["an envelope", { envelope: { _ApplicationId: "notes" } }],
    ["another one", { envelope: { _ApplicationId: "others" } }],
    ["a cookie", { forwardFields: ["Cookie", "tenant=blue"] }],
  ];
  const keys = others.map(([, by, target]) => keyOf(memory, by, target));
  for (const [index, key] of keys.entries())
    assert.ok(key !== usual && keys.indexOf(key) === index, others[index]?.[0] ?? "");
});

test("fields that choose no object do not have the backend asked again", () => {
  const memory = new LookupMemory(new WriteVersions());
  const forwardFields = ["User-Agent", "a/1", "Authorization", "Bearer x", "DPoP", "y"];
  assert.equal(keyOf(memory, { forwardFields }), keyOf(memory, {}));
});

test("a lookup is believed for two seconds, and not at all once something was written there", () => {
  const writes = new WriteVersions();
  const memory = new LookupMemory(writes);
  memory.use();
  const key = keyOf(memory, {});
  const keep = (): void => memory.set(key, { asked, nowMs, version: memory.version(path) });
  keep();
  assert.equal(memory.get(key, path, nowMs), asked);
  assert.equal(memory.get(key, path, nowMs + 2000), asked);
  assert.equal(memory.get(key, path, nowMs + 2001), undefined);
  memory.forget(path);
  assert.equal(memory.get(key, path, nowMs), undefined);
  keep();
  memory.forget(`${path}/lines/3`);
  assert.equal(memory.get(key, path, nowMs), undefined);
});

test("an answer that a write has overtaken is not kept as the newer one's", () => {
  const memory = new LookupMemory(new WriteVersions());
  memory.use();
  const version = memory.version(path);
  memory.forget(path);
  memory.set("key", { asked, nowMs, version });
  assert.equal(memory.get("key", path, nowMs), undefined);
});
