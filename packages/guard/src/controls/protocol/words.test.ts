import assert from "node:assert/strict";
import { test } from "node:test";
import type { FindingAt } from "../control.ts";
import { words } from "./words.ts";

const whole = {
  trustedProxies: ["10.0.0.1"],
  accepted: ["X-Forwarded-Prefix"],
  listedOnly: false,
  read: ["x-amzn-oidc-data"],
  cleartextServed: false,
};
const at = { name: "getAccount" } as FindingAt;
const found = (declared: readonly string[]): readonly string[] =>
  (words.findings?.({ declared }, at, whole) ?? []).map(({ what }) => what);

test("a declared field that no caller can send is named, unless a proxy may say it or the gate verifies it", () => {
  assert.deepEqual(
    found(["x-original-method", "remote_user", "portcullis-identity", "te", "idempotency_key"]),
    [
      "getAccount x-original-method",
      "getAccount remote_user",
      "getAccount portcullis-identity",
      "getAccount te",
      "getAccount idempotency_key",
    ],
  );
  assert.deepEqual(
    found([
      "x-account-id",
      "x_account",
      "x-forwarded-prefix",
      "x-amzn-oidc-data",
      "idempotency-key",
      "portcullis-app",
      "traceparent",
    ]),
    [],
  );
});

test("two declared fields that are one to servers that fold names are named", () => {
  assert.deepEqual(found(["x-account-id", "x_account_id", "x-theme"]), ["getAccount x_account_id"]);
});
