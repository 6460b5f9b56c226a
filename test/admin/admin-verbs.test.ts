import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import * as admin from "../../packages/server/src/cli/verbs/admin.ts";
import * as audit from "../../packages/server/src/cli/verbs/audit.ts";
import { Misuse } from "../../packages/server/src/cli/terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "portcullis-admin-verbs-"));
writeFileSync(
  join(folder, "openapi.yaml"),
  'openapi: 3.1.0\ninfo: { title: Notes, version: "1" }\npaths: {}\n',
);
writeFileSync(
  join(folder, "portcullis.yaml"),
  "portcullis: 1\nstore: ./kept.db\napis: [{ openapi: openapi.yaml, upstream: 'http://b:1' }]\n",
);

type Values = Readonly<Record<string, string | boolean>>;

async function run(
  verb: typeof admin | typeof audit,
  words: readonly string[],
  values: Values = {},
) {
  const lines: string[] = [];
  const flags = { config: join(folder, "portcullis.yaml"), directory: folder, ...values };
  const code = await verb.run({ values: flags, words }, {}, {
    out: (line: string) => lines.push(line),
    err: (line: string) => lines.push(line),
  } as never);
  return { code, text: lines.join("\n") };
}

test("a token is made, listed without itself, and revoked; each is in the audit, which is whole", async () => {
  const made = await run(admin, ["add", "ci"], { role: "operator", for: "24h" });
  const token = /^pca_[\w-]{43}$/m.exec(made.text)?.[0] ?? "";
  assert.ok(token !== "" && made.code === 0);
  const listed = await run(admin, ["list"]);
  assert.match(listed.text, /ci +operator/);
  assert.ok(!listed.text.includes(token));
  await run(admin, ["revoke", "ci"]);
  await assert.rejects(run(admin, ["revoke", "ci"]), /there is no token 'ci'/);
  const { text } = await run(audit, ["list"], { json: true });
  const entries = JSON.parse(text) as { actor: string; action: string; about: string }[];
  const did = entries.map(({ about, action, actor }) => `${actor} ${action} ${about}`);
  assert.deepEqual(
    new Set(did),
    new Set(["command admin-token-added admin:ci", "command admin-token-revoked admin:ci"]),
  );
  const whole = await run(audit, ["verify"], { json: true });
  const {
    entries: count,
    head,
    intact,
  } = JSON.parse(whole.text) as {
    entries: number;
    head: { sequence: number; hash: string };
    intact: boolean;
  };
  assert.deepEqual([whole.code, intact, count, head.sequence], [0, true, 2, 2]);
  const elsewhere = `2:${"0".repeat(64)}`;
  assert.equal((await run(audit, ["verify"], { head: `2:${head.hash}` })).code, 0);
  assert.equal((await run(audit, ["verify"], { head: elsewhere })).code, 1);
});

test("what cannot be understood is refused with what to type", async () => {
  for (const [verb, words, values, says] of [
    [admin, ["add"], {}, /portcullis admin add NAME/],
    [admin, ["add", "x"], { role: "root" }, /expected viewer, operator, admin/],
    [admin, ["add", "x"], { for: "forever" }, /expected such as 30m, 24h or 90d/],
    [admin, ["add", "x"], { for: "0d" }, /expected such as 30m, 24h or 90d/],
    [admin, ["add", "x"], { for: "500d" }, /within 400 days/],
    [admin, ["add", "X y"], {}, /is no name for a token/],
    [audit, ["verify"], { head: "1:x" }, /expected SEQUENCE:HASH/],
    [audit, ["list"], { most: "many" }, /from 1 to 9999/],
  ] as const)
    await assert.rejects(
      run(verb, words, values),
      (fault) => fault instanceof Misuse && says.test(fault.message),
      `${words.join(" ")} ${JSON.stringify(values)}`,
    );
});
