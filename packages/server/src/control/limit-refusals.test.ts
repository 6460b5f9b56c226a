import assert from "node:assert/strict";
import { test } from "node:test";
import { prometheusText } from "../watch/prometheus.ts";
import { limitRefusals } from "./limit-refusals.ts";

const decided = (appVersion: string, code: string, count: number) => ({
  operation: "login",
  app: "harbour-ios",
  appVersion,
  code,
  mode: "enforce",
  count,
});

test("what limits refuse is counted by operation and code over all builds, and nothing else is", () => {
  const gauge = limitRefusals([
    decided("3.1", "limit-exceeded", 2),
    decided("3.2", "limit-exceeded", 3),
    decided("3.2", "quota-used-up", 1),
    decided("3.2", "token-expired", 7),
  ]);
  const lines = prometheusText({ requests: [], decisions: [], times: [] }, [gauge])
    .split("\n")
    .filter((line) => line.startsWith("portcullis_limit"));
  assert.deepEqual(lines, [
    'portcullis_limit_refusals_total{operation="login",code="limit-exceeded",mode="enforce"} 5',
    'portcullis_limit_refusals_total{operation="login",code="quota-used-up",mode="enforce"} 1',
  ]);
});
