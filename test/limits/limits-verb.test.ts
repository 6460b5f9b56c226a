import assert from "node:assert/strict";
import { test } from "node:test";
import { run } from "../../packages/server/src/cli/run.ts";
import { serveAdmin } from "../admin/served-admin.ts";

test("portcullis limits puts pressure on somebody at the running gate, takes it back, and says what is no key", async () => {
  const admin = await serveAdmin();
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const limits = (...words: readonly string[]): Promise<number> =>
    run(
      [
        "limits",
        ...words,
        `--directory=${admin.directory}`,
        `--admin=http://127.0.0.1:${admin.port}`,
      ],
      { out: say, error: say },
    );
  try {
    assert.equal(await limits("pressure", "203.0.113.9", "--for", "1h"), 0);
    assert.equal(await limits("pressure", "address:203.0.113.9"), 0);
    assert.equal(await limits("lift", "address:203.0.113.9"), 0);
    assert.equal(await limits("lift", "address:203.0.113.9"), 1);
    assert.deepEqual(said, [
      "sign-in costs 203.0.113.9 2 times as much: step 1.",
      "sign-in costs address:203.0.113.9 4 times as much: step 2.",
      "sign-in costs address:203.0.113.9 as usual again.",
      "sign-in cost address:203.0.113.9 no more than usual.",
    ]);
    assert.deepEqual(admin.noted[0]?.path, { kind: "address", value: "203.0.113.9" });
    assert.equal(await limits("pressure", "ann"), 2);
    assert.match(said.join("\n"), /'ann' is neither user:NAME nor address:IP/);
    assert.equal(await limits("pressure", "user:ann", "--operations", "Sign In"), 2);
    assert.match(said.join("\n"), /read, write, or a role such as sign-in/);
  } finally {
    await admin.close();
  }
});

test("portcullis limits top names who spends most, in words and in JSON, and says when nobody does", async () => {
  const admin = await serveAdmin();
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const at = [`--directory=${admin.directory}`, `--admin=http://127.0.0.1:${admin.port}`];
  const top = (...words: readonly string[]): Promise<number> =>
    run(["limits", "top", ...words, ...at], { out: say, error: say });
  try {
    assert.equal(await top(), 0);
    assert.match(said.join(), /WHO +REQUESTS +COST +OF ALL +REFUSED\nuser:ann +2 +10 +91 % +0$/);
    assert.equal(await top("--by=address", "--json"), 0);
    assert.deepEqual(JSON.parse(said.at(-1) ?? ""), {
      by: "address",
      seconds: 60,
      estimated: false,
      items: [{ who: "address:203.0.113.9", requests: 3, cost: 11, held: 1 }],
      requests: 3,
      cost: 11,
    });
    assert.equal(await top("--by=operation"), 0);
    assert.match(said.at(-1) ?? "", /^search .*\n?^login +1 +1 +9 % +1$/ms);
    assert.equal(await top("--by=shoe"), 2);
    assert.match(said.at(-1) ?? "", /'by' is user, address, operation/);
    assert.deepEqual(admin.noted, [], "to look changes nothing");
  } finally {
    await admin.close();
  }
});

test("portcullis limits give says which limits are given back and which need more, and the audit has it", async () => {
  const admin = await serveAdmin();
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const at = [`--directory=${admin.directory}`, `--admin=http://127.0.0.1:${admin.port}`];
  const give = (...keys: readonly string[]): Promise<number> =>
    run(["limits", "give", ...keys, ...at], { out: say, error: say });
  try {
    assert.equal(await give("203.0.113.9"), 0);
    assert.equal(
      said.at(-1),
      "Given back: limit 1.1 by user of getAccount.\n" +
        "Given back: limit 2.1 by address of login.\n" +
        "Not given back: limit 2.2 by address+body.username of login. Name body.username:... too.",
    );
    assert.equal(await give("address:203.0.113.9", "body.username:Ann@x"), 0);
    assert.match(said.at(-1) ?? "", /Given back: limit 2.2 by address\+body.username of login.$/);
    assert.deepEqual(
      admin.noted.map(({ actor, operationId, path }) => [actor, operationId, path["keys"]]),
      [
        ["admin", "giveLimitsBack", "203.0.113.9"],
        ["admin", "giveLimitsBack", "address:203.0.113.9 body.username:Ann@x"],
      ],
    );
    assert.equal(await give("app:notes"), 1);
    assert.equal(said.at(-1), "No limit counts by app:notes.");
    for (const [key, why] of [
      ["ann", /'ann' is none of user:NAME, address:IP/],
      ["address:elsewhere", /'elsewhere' is no address/],
      ["body.__proto__.x:1", /^No limit counts by/],
      ["operation:login", /is none of/],
    ] as const) {
      await give(key);
      assert.match(said.at(-1) ?? "", why);
    }
    assert.equal(await give("user:ann", "user:ben"), 2);
    assert.match(said.at(-1) ?? "", /'user' is named twice/);
    assert.equal(({} as { x?: unknown }).x, undefined);
  } finally {
    await admin.close();
  }
});
