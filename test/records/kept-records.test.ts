import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { DecisionRecord } from "@portcullis/guard/records";
import { actions, flags, run } from "../../packages/server/src/cli/verbs/records.ts";
import { Misuse } from "../../packages/server/src/cli/terminal.ts";
import type { Series } from "../../packages/server/src/watch/series.ts";
import { type Bank, signed, startBank } from "../callers/bank-of-sources.ts";

/** Long enough not to stand in a file by chance. */
const ann = "ann-of-the-harbour";
let bank: Bank;
before(async () => {
  bank = await startBank(
    "people: { jwt: { algorithm: HS256, secret: { env: JWT_SECRET } }, claims: { sub: /sub } }",
    {},
    "store: ./kept.db\nrecord: { fields: [subject, address], keep: { raw: 3d } }",
  );
});
after(() => bank.close());

const ask = (path: string, subject?: string) => {
  const token = signed({ sub: subject, exp: Math.floor(Date.now() / 1000) + 3600 });
  return bank.ask(path, subject === undefined ? {} : { Authorization: `Bearer ${token}` });
};

interface Page {
  readonly items: readonly DecisionRecord[];
  readonly next?: string;
  readonly missing?: readonly string[];
}
/** From the store: it is a moment after a start that it answers. */
async function records(query: string): Promise<Page> {
  for (;;) {
    const page = JSON.parse(await bank.admin(`/records?${query}`)) as Page;
    if (page.missing === undefined) return page;
    await pause(20);
  }
}

/** A record is made when its answer has left: whoever has the answer may ask before. */
async function recorded(query: string, count: number): Promise<readonly number[]> {
  await until(async () => (await records(query)).items.length >= count);
  const { items } = await records(query);
  assert.equal(items.length, count);
  return items.map(({ status }) => status);
}

async function told(...words: readonly string[]): Promise<{ code: number; out: string }> {
  const values: Record<string, string | boolean> = {
    admin: `http://127.0.0.1:${bank.gate.adminPort}`,
    directory: join(bank.directory, "state"),
  };
  const rest: string[] = [];
  for (let index = 0; index < words.length; index += 1) {
    const name = words[index]?.replace(/^--/, "") ?? "";
    if (!words[index]?.startsWith("--")) rest.push(name);
    else if (flags[name]?.type === "boolean") values[name] = true;
    else values[name] = words[(index += 1)] ?? "";
  }
  let out = "";
  const code = await run(
    { values, words: rest },
    {},
    {
      out: (text) => (out += `${text}\n`),
      error: (text) => (out += `${text}\n`),
    },
  );
  return { code, out };
}

test("records are asked for by who has called, by what became of it and page by page, also after kill -9 and a new start", async () => {
  for (let count = 0; count < 5; count += 1) await ask("/things", ann);
  await ask("/things", "ben");
  assert.equal((await ask("/things")).status, 401);
  await recorded(`subject=${ann}`, 5);
  await recorded("subject=ben", 1);
  assert.deepEqual(await recorded("code=credential-missing", 1), [401]);
  // What was asked for was kept before it was answered: nothing of it can be lost any more.
  const again = bank.again();
  bank.gate.process.kill("SIGKILL");
  await again;
  await ask("/things", ann);
  await recorded(`subject=${ann}`, 6);
  const seen: string[] = [];
  let cursor = "";
  do {
    const page = await records(`subject=${ann}&most=4${cursor}`);
    seen.push(...page.items.map(({ subject = "" }) => subject));
    cursor = page.next === undefined ? "" : `&cursor=${page.next}`;
  } while (cursor !== "");
  assert.equal(seen.length, 6);
  assert.equal(new Set(seen).size, 1, "one month, one pseudonym");
  assert.equal((await records(`subject=~${seen[0]?.slice(0, 6)}`)).items.length, 6);
  assert.match(await bank.admin("/records?subjekt=ann"), /'subjekt' is not asked for here/);
  assert.match(await bank.admin("/records?from=yesterday"), /'from' is no time/);
  assert.match(await bank.admin("/records?cursor=x"), /'cursor' is not understood/);
});

test("nobody stands there by name; who somebody is takes a role and a reason, which the audit has", async () => {
  await until(
    async () => (await told("reveal", await pseudonym(), "--because", "x-42 asks")).code === 0,
  );
  const { out } = await told("reveal", await pseudonym(), "--because", "claim 4711");
  assert.equal(out, `${ann}\n`);
  await assert.rejects(told("reveal", await pseudonym()), Misuse);
  await assert.rejects(told("reveal", "nobody", "--because", "claim 4711"), /Nobody is known/);
  assert.match(await bank.admin("/audit"), /revealPseudonym.*"because":"claim 4711"/);
  const folder = join(bank.directory, "state", "records");
  for (const name of readdirSync(folder).filter((one) => one.startsWith("raw-"))) {
    const bytes = readFileSync(join(folder, name));
    for (const plain of [ann, "127.0.0.1"]) assert.ok(!bytes.includes(plain), `${name}: ${plain}`);
  }
});

const pseudonym = async (): Promise<string> =>
  (await records(`subject=${ann}&most=1`)).items[0]?.subject ?? "";

async function until(met: () => Promise<boolean>): Promise<void> {
  while (!(await met().catch(() => false))) await pause(50);
}

test("counts by outcome, code and app are those of the records, and metrics add up", async () => {
  const series = JSON.parse(
    await bank.admin("/series?step=all&by=outcome,code&durations=true"),
  ) as Series;
  const passed = series.items.find(({ outcome }) => outcome === "passed");
  assert.equal(passed?.requests, 7);
  assert.ok((passed?.durationMs?.p99 ?? 0) > 0);
  assert.ok(series.items.some(({ code, decided }) => code === "credential-missing" && decided > 0));
  const metrics = await bank.admin("/metrics");
  const of = (name: string): number =>
    Number(
      new RegExp(`^portcullis_records_${name}\\{sink="kept"\\} (\\d+)$`, "m").exec(metrics)?.[1],
    );
  const requests = [...metrics.matchAll(/^portcullis_requests_total\{.*\} (\d+)$/gm)];
  assert.equal(
    of("written_total") + of("dropped_total") + of("waiting"),
    requests.reduce((sum, [, count]) => sum + Number(count), 0),
  );
});

test("the command line asks with the same words, and says what it finds in lines or as JSON", async () => {
  const listed = await told("--operation", "listThings", "--status", "401", "--since", "24h");
  assert.match(listed.out, /401 +listThings .*credential-missing/);
  const json = await told("--subject", "ben", "--json");
  assert.equal((JSON.parse(json.out) as Page).items.length, 1);
  assert.equal((await told("--operation", "nothing")).code, 1);
  assert.match((await told("series", "--step", "day", "--by", "outcome")).out, /OUTCOME +REQUESTS/);
  await assert.rejects(told("--outcome", "odd"), /There is no such outcome/);
  assert.deepEqual(Object.keys(actions), ["list", "series", "differences", "reveal"]);
});

test("records are told as they come, to whoever may see them, and only those that were asked for", async () => {
  const address = `http://127.0.0.1:${bank.gate.adminPort}/records/live?status=4xx`;
  assert.equal((await fetch(address)).status, 401);
  const Authorization = `Bearer ${readFileSync(bank.gate.adminTokenFile, "utf8").trim()}`;
  const ending = new AbortController();
  const stream = await fetch(address, { headers: { Authorization }, signal: ending.signal });
  assert.equal(stream.headers.get("content-type"), "text/event-stream");
  let text = "";
  const reading = (async () => {
    for await (const part of stream.body ?? []) text += Buffer.from(part).toString();
  })().catch(() => undefined);
  await until(async () => text.includes("retry:"));
  await ask("/things", ann);
  await ask("/things");
  await until(async () => text.includes("credential-missing"));
  const [, id = "", data = "{}"] = /event: record\nid: (\S+)\ndata: (.*)\n\n/.exec(text) ?? [];
  assert.equal((JSON.parse(data) as DecisionRecord).status, 401);
  assert.equal(text.split("event: record").length, 2);
  ending.abort();
  await reading;
  await ask("/things");
  const again = await fetch(address, { headers: { Authorization, "Last-Event-ID": id } });
  const reader = again.body?.getReader();
  text = "";
  while (!text.includes("event: record"))
    text += Buffer.from((await reader?.read())?.value ?? []).toString();
  assert.ok(!text.includes("event: gap"), text);
  await reader?.cancel();
});
