import assert from "node:assert/strict";
import { test } from "node:test";
import { compileHashName, hashesOf, type NameKind } from "./named.ts";

const secret = Buffer.alloc(32, 3);
const at = (time: string): number => Date.parse(time);
const november = at("2026-11-30T23:59:59.999Z");
const december = at("2026-12-01T00:00:00.000Z");

test("a name has one pseudonym through a month, by every thread, and another in the next", () => {
  const [one, other] = [compileHashName(secret), compileHashName(secret)];
  const first = one("person", "ann", at("2026-11-01T00:00:00Z"));
  assert.equal(other("person", "ann", november), first);
  assert.equal(one("person", "ann", november), first);
  assert.notEqual(one("person", "ann", december), first);
  assert.equal(one("person", "ann", november), first, "a record of the month before may come late");
  assert.notEqual(compileHashName(Buffer.alloc(32, 4))("person", "ann", november), first);
});

test("whoever calls often and however many others call, kinds and names are never taken for one another", () => {
  const hash = compileHashName(secret);
  const kinds: readonly NameKind[] = ["object", "person", "device", "address"];
  const seen = new Set<string>();
  for (let count = 0; count < 9000; count += 1) seen.add(hash("person", `p${count}`, november));
  for (const kind of kinds) for (const id of ["ann", "ben"]) seen.add(hash(kind, id, november));
  assert.equal(seen.size, 9000 + 8);
  assert.equal(hash("person", "p0", november), compileHashName(secret)("person", "p0", november));
});

test("a search has the pseudonym of every month that it touches, the newest first, and of no other", () => {
  const hash = compileHashName(secret);
  const months = (from: string, to: string): number =>
    hashesOf(hash, "person", "ann", { fromMs: at(from), toMs: at(to) }).length;
  assert.deepEqual(hashesOf(hash, "person", "ann", { fromMs: november, toMs: december }), [
    hash("person", "ann", december),
    hash("person", "ann", november),
  ]);
  assert.equal(months("2026-11-05T00:00:00Z", "2026-11-06T00:00:00Z"), 1);
  assert.equal(months("2025-12-31T23:00:00Z", "2026-02-01T00:00:00Z"), 3);
  assert.equal(months("2026-11-06T00:00:00Z", "2026-11-05T00:00:00Z"), 1);
  assert.equal(months("1970-01-01T00:00:00Z", "2026-11-05T00:00:00Z"), 36);
});
