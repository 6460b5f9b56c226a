import assert from "node:assert/strict";
import { test } from "node:test";
import type { PortcullisProblem } from "./problems.ts";
import { isKeptBack, isWrite } from "./written-once.ts";

test("whatever may change something is a write, under a name that nobody knows too", () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "QUERY"]) assert.equal(isWrite(method), false);
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "PURGE", ""])
    assert.ok(isWrite(method), method);
});

test("only a refusal with the gate's code, its status and its trace proves that nothing was sent on", () => {
  const refusal = { code: "limit-exceeded", status: 429, traceId: "t" };
  const keeps = (over: object): boolean =>
    isKeptBack({ ...refusal, ...over } as unknown as PortcullisProblem);
  assert.ok(keeps({}));
  for (const over of [
    { traceId: undefined },
    { status: 503 },
    { code: "slow-down" },
    { code: "toString" },
    { code: undefined },
    { code: "upstream-unreachable", status: 502 },
  ])
    assert.equal(keeps(over), false, JSON.stringify(over));
});
