import assert from "node:assert/strict";
import { test } from "node:test";
import type { DecisionRecord } from "./record.ts";
import { recordLine } from "./record-line.ts";

const record: DecisionRecord = {
  time: "2026-11-20T10:00:00.000Z",
  traceId: "a".repeat(32),
  operation: "getAccount",
  method: "GET",
  path: "/v1/accounts/{accountId}",
  apiVersion: "v1",
  app: "harbour-ios",
  appVersion: "3.4.1",
  status: 200,
  upstreamStatus: 200,
  outcome: "passed",
  code: undefined,
  decisions: [],
  stripped: ['/a"b'],
  unwritten: ["query"],
  durationMs: 3.25,
  upstreamMs: 2,
  answerBytes: 10,
};

test("a line says what the record says, and nothing a caller sent can end it or begin another", () => {
  const hostile = 'x"},\n{"level":"forged\u2028\\ é';
  const all: DecisionRecord[] = [
    record,
    {
      ...record,
      operation: hostile,
      method: hostile,
      path: undefined,
      app: hostile,
      appVersion: hostile,
      address: hostile,
      subject: hostile,
      client: hostile,
      code: "limit-exceeded",
      outcome: "refused",
      upstreamStatus: undefined,
      upstreamMs: undefined,
      stripped: undefined,
      unwritten: undefined,
      unchecked: undefined,
      decisions: [{ code: "limit-exceeded", mode: "enforce", detail: hostile, at: [hostile] }],
    },
  ];
  all.push({ ...record, webSocket: { state: "opened" } });
  all.push({
    ...record,
    acting: { actor: hostile, subject: hostile, reason: hostile, session: hostile },
  });
  for (const one of all) {
    const line = recordLine(one);
    assert.equal(line.indexOf("\n"), line.length - 1);
    assert.deepEqual(JSON.parse(line), JSON.parse(JSON.stringify({ level: "info", ...one })));
  }
});
