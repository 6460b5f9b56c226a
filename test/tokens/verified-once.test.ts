import assert from "node:assert/strict";
import { test } from "node:test";
import type { Refusal } from "@portcullis/guard/problems";
import { cacheVerifiedTokens } from "../../packages/guard/src/controls/authentication/verified-token-cache.ts";
import { check, claims, forge, now, part } from "./forged-token.ts";

const keeping = { most: 100, toleranceSeconds: 60 };

test("a verified token is verified once, until it ends or the cache is told to forget", () => {
  let verified = 0;
  const cached = cacheVerifiedTokens((token, at) => {
    verified += 1;
    return check(token, at);
  }, keeping);
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
  const cached = cacheVerifiedTokens(check, keeping);
  const token = forge();
  cached.verify(token, now);
  const [h = "", , s = ""] = token.split(".");
  assert.equal(
    (cached.verify(`${h}.${part({ ...claims, sub: "c-2" })}.${s}`, now) as Refusal).problem.code,
    "token-signature-invalid",
  );
  for (let count = 0; count < 1000; count += 1) cached.verify(`${h}.${part({ count })}.${s}`, now);
  let again = 0;
  const counting = cacheVerifiedTokens((text, at) => ((again += 1), check(text, at)), keeping);
  counting.verify(token, now);
  for (let count = 0; count < 1000; count += 1)
    counting.verify(`${h}.${part({ count })}.${s}`, now);
  again = 0;
  counting.verify(token, now);
  assert.equal(again, 0);
});

const hour = 3600;

/** What the gate's clock says, and the other one that may be right instead. */
const readings = {
  "nothing is in doubt": { at: now, doubt: 0 },
  "the other clock is an hour behind": { at: now, doubt: -hour },
  "the other clock is an hour ahead": { at: now, doubt: hour },
};
const tokens = {
  "one of this clock": { iat: now - 60, exp: now + 240 },
  "one of an hour ago": { iat: now - hour - 60, exp: now - hour + 240 },
  "one of an hour ahead": { iat: now + hour - 60, exp: now + hour + 240 },
  "one that has ended by each": { iat: now - 3 * hour, exp: now - 2 * hour },
};
const passes: Readonly<Record<keyof typeof readings, readonly (keyof typeof tokens)[]>> = {
  "nothing is in doubt": ["one of this clock"],
  "the other clock is an hour behind": ["one of this clock", "one of an hour ago"],
  "the other clock is an hour ahead": ["one of this clock", "one of an hour ahead"],
};

for (const [name, { at, doubt }] of Object.entries(readings))
  test(`a token passes that is valid by one of two clocks in doubt, again and again: ${name}`, () => {
    const cached = cacheVerifiedTokens(check, keeping);
    for (const [which, times] of Object.entries(tokens)) {
      const token = forge({ claims: { ...claims, ...times } });
      for (let count = 0; count < 2; count += 1)
        assert.equal(
          !("problem" in cached.verify(token, at, doubt)),
          (passes[name as keyof typeof passes] as readonly string[]).includes(which),
          which,
        );
    }
  });
