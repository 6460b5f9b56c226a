import assert from "node:assert/strict";
import { test } from "node:test";
import { serializeExactly } from "./serialize-exactly.ts";

const withoutSecret = (value: unknown): unknown => {
  const { secret: _secret, ...rest } = value as Record<string, unknown>;
  return rest;
};
const serialize = (text: string): string =>
  serializeExactly(Buffer.from(text), withoutSecret(JSON.parse(text)), withoutSecret).toString();

test("numbers that a double does not keep leave as the backend wrote them", () => {
  assert.equal(serialize('{"id":9007199254740993,"secret":1}'), '{"id":9007199254740993}');
  assert.equal(
    serialize('{"rate":0.1234567890123456789,"secret":1}'),
    '{"rate":0.1234567890123456789}',
  );
  assert.equal(serialize('{"big":1E400,"secret":1}'), '{"big":1E400}');
});

test("ordinary answers are serialized as they are", () => {
  assert.equal(serialize('{"a":[1,2.5,"x"],"secret":1}'), '{"a":[1,2.5,"x"]}');
});
