import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { compileHashName, type DecisionRecord } from "@portcullis/guard/records";
import { keyedRecordSecret } from "../../../keys/record-secret.ts";
import { Misuse } from "../../terminal.ts";
import { run } from "../why.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const record = {
  time: "2026-11-20T10:00:00.000Z",
  traceId,
  operation: "getAccount",
  method: "GET",
  path: "/accounts/{accountId}",
  app: "harbour-ios",
  appVersion: "3.4.1",
  status: 404,
  upstreamStatus: 200,
  outcome: "refused",
  code: "object-not-yours",
  decisions: [
    {
      code: "object-not-yours",
      mode: "enforce",
      detail: "the answer's owner is another",
      rule: "/customerId is token.sub",
    },
    { code: "limit-exceeded", mode: "observe" },
  ],
  durationMs: 3,
  answerBytes: 10,
} as unknown as DecisionRecord;

const key = { PORTCULLIS_KEY: Buffer.alloc(32, 3).toString("base64") };

async function why(
  lines: readonly string[],
  word: string | undefined,
  json = false,
  named: Readonly<Record<string, string>> = {},
  environment: Readonly<Record<string, string>> = key,
): Promise<{ readonly code: number; readonly out: string; readonly error: string }> {
  const file = join(mkdtempSync(join(tmpdir(), "portcullis-why-")), "records.jsonl");
  writeFileSync(file, `${lines.join("\n")}\n`);
  let [out, error] = ["", ""];
  const code = await run(
    { values: { records: file, json, ...named }, words: word === undefined ? [] : [word] },
    environment,
    { out: (text) => (out += text), error: (text) => (error += text) },
  );
  return { code, out, error };
}

test("a refusal is told in words: what became of it, by which rule, and what only observed it", async () => {
  const others = [
    "no JSON",
    "{}",
    `"${traceId}"`,
    "null",
    JSON.stringify({ ...record, traceId: "a" }),
  ];
  const { code, out } = await why([...others, JSON.stringify(record)], traceId.toUpperCase());
  assert.equal(code, 0);
  assert.match(out, /GET \/accounts\/\{accountId\}, operation getAccount from harbour-ios 3.4.1/);
  assert.match(
    out,
    /The gate refused it. It was answered with 404, where the backend answered 200/,
  );
  assert.match(
    out,
    /the rule: \/customerId is token.sub\n {2}what was found: the answer's owner is/,
  );
  assert.match(out, /This is why it was refused/);
  assert.match(out, /limit-exceeded: .*\n {2}This was only observed: it refused nothing/);
});

test("who acted for whom is told, with the reason as it was given and where the audit has it", async () => {
  const acting = {
    actor: "people/sam",
    subject: "people/ann",
    reason: 'INC-1 "card"',
    session: "s-1",
  };
  const { out } = await why([JSON.stringify({ ...record, acting })], traceId);
  assert.match(out, /people\/sam acted for people\/ann, and said why: "INC-1 \\"card\\""/);
  assert.match(out, /as it stands in the audit: impersonation:s-1/);
});

test("a request without a record is said to have none, and a word that is no trace id is misuse", async () => {
  const none = await why([JSON.stringify(record)], "0".repeat(32));
  assert.equal(none.code, 1);
  assert.match(none.error, /there is no record of 0+ in/);
  const json = await why([JSON.stringify(record)], traceId, true);
  assert.deepEqual(JSON.parse(json.out), [JSON.parse(JSON.stringify(record))]);
  await assert.rejects(why([], "42"), Misuse);
});

test("an object or its owner is found by its id, which no record holds, and by no other's", async () => {
  const hash = compileHashName(keyedRecordSecret("none", key) ?? Buffer.alloc(0));
  const [decided, ...rest] = record.decisions;
  const about = {
    objects: [hash("object", "4711", Date.parse(record.time))],
    owners: [hash("person", "ben", Date.parse(record.time))],
    caller: hash("person", "ann", Date.parse(record.time)),
  };
  const line = JSON.stringify({ ...record, decisions: [{ ...decided, ...about }, ...rest] });
  for (const [named, code] of [
    [{ object: "4711" }, 0],
    [{ owner: "ben" }, 0],
    [{ object: "4711", owner: "ben" }, 0],
    [{ object: "4712" }, 1],
    [{ object: "ben" }, 1],
    [{ owner: "ann" }, 1],
    [{ object: "4711", owner: "ann" }, 1],
  ] as const)
    assert.equal((await why([line], undefined, false, named)).code, code, JSON.stringify(named));
  const { out } = await why([line], traceId);
  assert.match(out, new RegExp(`the object, by keyed hash: ${about.objects[0]}`));
  assert.match(out, new RegExp(`whose it was found to be, by keyed hash: ${about.owners[0]}`));
  await assert.rejects(why([line], undefined), Misuse);
  await assert.rejects(why([line], undefined, false, { object: "4711" }, {}), Misuse);
});
