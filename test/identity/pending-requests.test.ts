import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import { counted } from "../../packages/identity/src/counting/counted.ts";
import { type IdentityGate, password } from "./identity-gate.ts";
import { startNativeGate } from "./native-app.ts";
import { queryOf } from "./outsider.ts";
import { visitAt } from "./visit.ts";

const most = 1000;
let gate: IdentityGate;
before(async () => {
  ({ gate } = await startNativeGate());
});
after(() => gate.close());

interface Answered {
  readonly status: number;
  readonly location: string | null;
  readonly retryAfter: string | null;
}

async function begin(from: string, isPushed: boolean): Promise<Answered> {
  const headers = { "X-Forwarded-For": from };
  const answer = isPushed
    ? await gate.fetch(`${gate.origin}/oauth/par`, {
        method: "POST",
        headers: { ...headers, "Content-Type": "application/x-www-form-urlencoded" },
        body: queryOf({}),
      })
    : await gate.fetch(`${gate.origin}/oauth/authorize?${queryOf({})}`, { headers });
  await answer.arrayBuffer();
  return {
    status: answer.status,
    location: answer.headers.get("location"),
    retryAfter: answer.headers.get("retry-after"),
  };
}

async function beginMany(from: string, isPushed: boolean, times: number): Promise<Answered[]> {
  const answers: Answered[] = [];
  let left = times;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      answers.push(await begin(from, isPushed));
    }
  };
  await Promise.all(Array.from({ length: 50 }, lane));
  return answers;
}

for (const isPushed of [false, true])
  test(`one network can have so many sign-ins ${isPushed ? "pushed" : "begun"} and not ended, and others are served`, {
    timeout: 180_000,
  }, async () => {
    const from = isPushed ? "10.9.1.1" : "10.9.2.1";
    const answers = await beginMany(from, isPushed, 3 * most);
    const refused = answers.filter(({ status }) => status === 429);
    // While they were asked for, a few have come back.
    assert.ok(refused.length > most / 2, `${refused.length} were refused`);
    assert.ok(answers.length - refused.length >= most);
    for (const { location, retryAfter } of refused) {
      assert.equal(location, null);
      assert.ok(Number(retryAfter) >= 1);
    }
    assert.ok((await begin("10.10.1.1", isPushed)).status < 400, "another network");
  });

test("a sign-in that comes to its end makes room for another", async () => {
  const database = new DatabaseSync(join(gate.directory, "state", "portcullis.db"));
  const wholeAt = (): number => {
    const rows = database
      .prepare("SELECT whole_at FROM counters WHERE key LIKE 'sign-in-begun-network:%'")
      .all();
    return Math.max(...rows.map((row) => Number(row["whole_at"])));
  };
  const { at } = await visitAt(gate);
  database.exec("DELETE FROM counters WHERE key LIKE 'sign-in-begun-%'");
  const other = await visitAt(gate);
  const begun = wholeAt();
  await other.at.send("password", { email: "plain@notes.example", password });
  assert.ok(other.at.left !== undefined);
  const { oneMoreEveryMs } = counted["sign-in-begun-network"];
  assert.equal(wholeAt(), begun - oneMoreEveryMs);
  await at.send("password", { email: "plain@notes.example", password: "a wrong one" });
  assert.equal(wholeAt(), begun - oneMoreEveryMs, "one that goes on does not");
  database.close();
});
