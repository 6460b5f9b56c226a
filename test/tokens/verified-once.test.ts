import assert from "node:assert/strict";
import { test } from "node:test";
import type { Refusal } from "@portcullis/guard/problems";
import { cacheVerifiedTokens } from "../../packages/guard/src/controls/authentication/verified-token-cache.ts";
import { check, claims, forge, now, part } from "./forged-token.ts";

test("a verified token is verified once, until it ends or the cache is told to forget", () => {
  let verified = 0;
  const cached = cacheVerifiedTokens((token, at) => {
    verified += 1;
    return check(token, at);
  }, 100);
  const token = forge();
  for (let time = 0; time < 5; time += 1) assert.ok(!("problem" in cached.verify(token, now)));
  assert.equal(verified, 1);
  assert.equal((cached.verify(token, claims.exp) as Refusal).problem.code, "token-expired");
  cached.verify(token, now);
  cached.forget();
  cached.verify(token, now);
  assert.equal(verified, 3);
});

test("a good token does not lend its verification to a forged one, and bad ones push nothing out", () => {
  const cached = cacheVerifiedTokens(check, 100);
  const token = forge();
  cached.verify(token, now);
  const [h = "", , s = ""] = token.split(".");
  assert.equal(
    (cached.verify(`${h}.${part({ ...claims, sub: "c-2" })}.${s}`, now) as Refusal).problem.code,
    "token-signature-invalid",
  );
  for (let count = 0; count < 1000; count += 1) cached.verify(`${h}.${part({ count })}.${s}`, now);
  let again = 0;
  const counting = cacheVerifiedTokens((text, at) => ((again += 1), check(text, at)), 100);
  counting.verify(token, now);
  for (let count = 0; count < 1000; count += 1)
    counting.verify(`${h}.${part({ count })}.${s}`, now);
  again = 0;
  counting.verify(token, now);
  assert.equal(again, 0);
});
