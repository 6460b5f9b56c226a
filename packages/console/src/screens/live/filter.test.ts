import assert from "node:assert/strict";
import { test } from "node:test";
import { hostileTexts } from "../../text/hostile-texts.ts";
import { completionsOf, filterText, queryOf, readFilter, withPart } from "./filter.ts";

const nowhere = { app: undefined, version: undefined };

test("a filter line asks the admin API in its own words", () => {
  assert.deepEqual(
    queryOf("op:getAccount code:object-not-yours status:4xx subject:~9f2c", nowhere),
    {
      operation: "getAccount",
      code: "object-not-yours",
      status: "4xx",
      subject: "~9f2c",
    },
  );
  assert.deepEqual(queryOf("version:3.4.1", { app: "harbour-ios", version: "3.0.0" }), {
    app: "harbour-ios",
    appVersion: "3.4.1",
  });
});

test("a trace id alone is looked for, and what is not understood is said and not left out silently", () => {
  assert.deepEqual(queryOf("4BF92F3577B34DA6A3CE929D0E0E4736", nowhere), {
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
  });
  assert.deepEqual(readFilter("op:a hello stauts:404 code:").strange, [
    "hello",
    "stauts:404",
    "code:",
  ]);
});

test("a value with spaces or colons is one value, and is written as it is read", () => {
  const parts = readFilter('app:"My App" address:2001:db8::1').parts;
  assert.deepEqual(parts, [
    { word: "app", value: "My App" },
    { word: "address", value: "2001:db8::1" },
  ]);
  assert.deepEqual(readFilter(filterText(parts)).parts, parts);
  assert.equal(withPart("op:a status:200", "status", undefined), "op:a");
  assert.equal(withPart("op:a status:200", "op", "b"), "status:200 op:b");
});

test("no filter line asks for what the API has no word for, whatever is written into it", () => {
  for (const { text } of hostileTexts)
    for (const line of [text, `op:${text}`, `__proto__:${text}`, `constructor:${text}`])
      assert.ok(
        Object.keys(queryOf(line, nowhere)).every((key) => key === "operation"),
        line.slice(0, 80),
      );
});

test("a word that is begun is completed, and behind it the values that are known", () => {
  assert.deepEqual(completionsOf("op:a s", {}), ["op:a status:", "op:a subject:"]);
  assert.deepEqual(completionsOf("op:get", { op: ["getAccount", "login"] }), ["op:getAccount "]);
  assert.deepEqual(completionsOf("nothing:", {}), []);
});
