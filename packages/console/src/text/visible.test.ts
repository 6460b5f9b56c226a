import assert from "node:assert/strict";
import { test } from "node:test";
import { hostileTexts } from "./hostile-texts.ts";
import { mostShown, visible, visibleText } from "./visible.ts";

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{VS}\u3164\u115f]/u;

for (const { name, text } of hostileTexts)
  test(`${name} can neither hide in a text nor change how its neighbours are read`, () => {
    const shown = visibleText(text);
    assert.equal(unseen.test(shown), false, JSON.stringify(shown));
    assert.doesNotMatch(shown, /\p{M}{6}/u);
    assert.ok([...visible(text)].length > 0);
  });

test(`a text of a hundred thousand letters is cut at ${mostShown}, and says that it was`, () => {
  const shown = visibleText("x".repeat(100_000));
  assert.equal(shown, `${"x".repeat(mostShown)}…`);
});

test("what is plain stays as it is, in whatever script it is written", () => {
  for (const text of ["harbour-ios/3.4.1", "Ångström", "日本語", "مرحبا", "👍", ""])
    assert.equal(visibleText(text), text);
});
