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
