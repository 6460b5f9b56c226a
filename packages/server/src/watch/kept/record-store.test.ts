import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type DecisionRecord, recordLine } from "@portcullis/guard/records";
import type { RecordFilter } from "../record-filter.ts";
import { CursorFault } from "../record-page.ts";
import type { SeriesQuestion } from "../series.ts";
import { duckDbEngine } from "./duckdb-engine.ts";
import { DeadlineFault, type Engine } from "./engine.ts";
import { takePlace } from "./place.ts";
import { type Keeping, RecordStore } from "./record-store.ts";
import { sqliteEngine } from "./sqlite-engine.ts";

const deadlineMs = 20_000;
const at = (time: string): number => Date.parse(time);
const record = (of: Partial<DecisionRecord> = {}): DecisionRecord => ({
  time: "2026-11-20T10:00:00.000Z",
  traceId: "a".repeat(32),
  operation: "listThings",
  method: "GET",
  path: "/things",
  apiVersion: "v1",
  app: "harbour-ios",
  appVersion: "3.4.1",
  status: 200,
  upstreamStatus: 200,
  outcome: "passed",
  code: undefined,
  decisions: [],
  stripped: undefined,
  unwritten: undefined,
  durationMs: 10,
  upstreamMs: 8,
  answerBytes: 2,
  ...of,
});
const refused = (of: Partial<DecisionRecord> = {}): DecisionRecord =>
  record({
    status: 404,
    outcome: "refused",
    code: "object-not-yours",
    decisions: [
      { code: "app-missing", mode: "observe", detail: "no 'field'", at: ["header"] },
      {
        code: "object-not-yours",
        mode: "enforce",
        detail: undefined,
        at: undefined,
        objects: ["obj_1", "obj_2"],
        owners: ["own_1"],
      },
    ],
    subject: "sub_1",
    device: "dev_1",
    address: "adr_1",
    upstreamMs: undefined,
    upstreamStatus: undefined,
    ...of,
  });
const usual: Keeping = {
  rawMs: 7 * 86_400_000,
  minutesMs: 2 * 86_400_000,
  hoursMs: 400 * 86_400_000,
  mostBytes: 2 ** 40,
  passedShare: 1,
};

const engines: readonly (readonly [string, () => Promise<Engine>])[] = [
  ["DuckDB", duckDbEngine],
  ["SQLite", async () => sqliteEngine],
];

for (const [name, engineOf] of engines) {
  const said: string[] = [];
  const begin = async (folder: string, keeping = usual, run?: number) => {
    const reports = {
      opening: () => undefined,
      opened: () => undefined,
      say: (one: string) => said.push(one),
    };
    const place = takePlace(folder, run);
    const store = new RecordStore({ folder, engine: await engineOf(), place, keeping, reports });
    let next = 0;
    return {
      store,
      run: place.run,
      add: async (records: readonly DecisionRecord[], first = next) => {
        next = first + records.length;
        return store.add(records.map(recordLine).join(""), first);
      },
      find: async (filter: RecordFilter, most = 1000, cursor?: string) =>
        store.search({ filter, most, cursor }, deadlineMs),
      series: async (of: Partial<SeriesQuestion>) =>
        (
          await store.series(
            {
              fromMs: at("2026-11-19T00:00:00Z"),
              toMs: at("2026-11-22T00:00:00Z"),
              step: "hour",
              by: [],
              filter: {},
              durations: false,
              ...of,
            },
            deadlineMs,
          )
        ).items,
    };
  };
  const folderOf = (): string => mkdtempSync(join(tmpdir(), "portcullis-kept-"));

  test(`${name}: a record is found as it was, by all that it is asked for by, and by nothing else`, async () => {
    const { add, find, store } = await begin(folderOf());
    const all = [
      record({ traceId: "1".repeat(32), time: "2026-11-20T23:59:59.999Z" }),
      refused({ traceId: "2".repeat(32), time: "2026-11-21T00:00:00.000Z", signedIn: true }),
      record({
        traceId: "3".repeat(32),
        operation: "it's; DROP TABLE records --\u2028\u0000é",
        app: undefined,
        appVersion: undefined,
        status: 503,
        outcome: "failed",
        webSocket: { state: "opened" },
        stripped: ["/a"],
        acting: { actor: "staff-1", subject: "ann", reason: "a claim", session: "s-1" },
        time: "2026-11-21T10:00:00.000Z",
      }),
    ];
    assert.deepEqual(await add(all), { lines: 3, unread: 0 });
    const { items } = await find({});
    assert.deepEqual(
      items.map((one) => JSON.parse(recordLine(one))),
      all.toReversed().map((one) => JSON.parse(recordLine(one))),
    );
    for (const [filter, found] of [
      [{ traceId: "2".repeat(32) }, "2"],
      [{ traceId: "2" }, ""],
      [{ operation: all[2]?.operation ?? "" }, "3"],
      [{ status: 404 }, "2"],
      [{ status: 5 }, "3"],
      [{ outcome: "passed" }, "1"],
      [{ code: "app-missing" }, "2"],
      [{ code: "app-missing", mode: "enforce" }, ""],
      [{ code: "app" }, ""],
      [{ mode: "observe" }, "2"],
      [{ app: "harbour-ios" }, "21"],
      [{ appVersion: "3.4.1", outcome: "refused" }, "2"],
      [{ subject: { is: ["nobody", "sub_1"] } }, "2"],
      [{ subject: { begins: "sub_" } }, "2"],
      [{ subject: { begins: "sub%" } }, ""],
      [{ device: { begins: "dev_1" }, address: { is: ["adr_1"] } }, "2"],
      [{ object: { is: ["obj_2"] } }, "2"],
      [{ object: { is: ["obj_"] } }, ""],
      [{ object: { begins: "obj_" }, owner: { is: ["own_1"] } }, "2"],
      [{ fromMs: at("2026-11-21T00:00:00Z") }, "32"],
      [{ toMs: at("2026-11-21T00:00:00Z") }, "1"],
    ] as const)
      assert.equal(
        (await find(filter)).items.map(({ traceId }) => traceId[0]).join(""),
        found,
        JSON.stringify(filter),
      );
    await store.close();
  });

  test(`${name}: pages follow one another without a gap or a repeat, though records share a millisecond and a new one comes`, async () => {
    const { add, find, store } = await begin(folderOf());
    const times = [
      "2026-11-19T12:00:00.000Z",
      "2026-11-20T12:00:00.000Z",
      "2026-11-20T12:00:00.001Z",
    ];
    const all = Array.from({ length: 60 }, (_, index) =>
      record({ status: 200 + index, time: times[Math.floor(index / 20)] ?? "" }),
    );
    await add(all);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await find({}, 7, cursor);
      seen.push(...page.items.map(({ status }) => status));
      cursor = page.next;
      if (seen.length === 7) await add([record({ status: 599, time: times[2] ?? "" })]);
    } while (cursor !== undefined);
    assert.deepEqual(seen, all.map(({ status }) => status).toReversed());
    for (const bad of ["", "s1.2", "m3", "s1.2.3; --"])
      await assert.rejects(find({}, 1, bad), CursorFault);
    await store.close();
  });

  test(`${name}: what is sent twice is kept once, after a new start too, and the next run's beside it`, async () => {
    const folder = folderOf();
    const first = await begin(folder);
    const all = Array.from({ length: 10 }, (_, index) => record({ status: 200 + index }));
    await first.add(all.slice(0, 6));
    await first.add(all.slice(3), 3);
    await first.store.close();
    const again = await begin(folder, usual, first.run);
    assert.equal(again.run, first.run);
    await again.add(all, 0);
    assert.equal((await again.find({})).items.length, 10);
    await again.store.close();
    assert.ok(
      readdirSync(folder).every((one) => !one.endsWith(".wal")),
      "a close leaves no log",
    );
    const next = await begin(folder);
    assert.ok(next.run > first.run);
    await next.add(all, 0);
    assert.equal((await next.find({})).items.length, 20);
    await next.store.close();
  });

  test(`${name}: counts are the same before they are made ahead, after it, and when a record comes late`, async () => {
    const { add, series, store } = await begin(folderOf());
    const hours = [8, 9, 10, 11];
    await add([
      ...hours.map((hour) =>
        record({ time: `2026-11-20T${String(hour).padStart(2, "0")}:30:30.000Z` }),
      ),
      refused({ time: "2026-11-20T11:59:59.999Z" }),
      refused({ time: "2026-11-21T01:00:00.000Z", appVersion: undefined }),
    ]);
    const ask = async () => [
      await series({}),
      await series({ by: ["outcome", "class"] }),
      await series({ by: ["code", "mode"], step: "day" }),
      await series({ filter: { code: "app-missing" }, step: "all", by: ["appVersion"] }),
      await series({ step: "minute", by: ["outcome"] }),
      await series({ step: "minute", filter: { app: "harbour-ios" } }),
      await series({ fromMs: at("2026-11-20T09:40:00Z"), toMs: at("2026-11-20T10:10:00Z") }),
    ];
    const before = await ask();
    assert.equal(
      before[0]?.reduce((sum, { requests }) => sum + requests, 0),
      6,
    );
    assert.deepEqual(
      before[6]?.map(({ at: from }) => from.slice(11, 13)),
      ["09", "10"],
    );
    assert.deepEqual(
      before[2]?.map(({ at: from, code, decided, requests }) => [
        from.slice(8, 10),
        code,
        requests,
        decided,
      ]),
      [
        ["20", undefined, 4, 0],
        ["20", "object-not-yours", 1, 1],
        ["20", "app-missing", 0, 1],
        ["21", "object-not-yours", 1, 1],
        ["21", "app-missing", 0, 1],
      ],
    );
    await store.rollUp("minutes");
    await store.rollUp("hours");
    const after = await ask();
    assert.deepEqual(after, before);
    await add([record({ time: "2026-11-20T08:59:00.000Z" })]);
    const [hourly] = await ask();
    assert.equal(hourly?.[0]?.requests, 2);
    for (const kind of ["minutes", "hours", "hours"] as const) await store.rollUp(kind);
    assert.deepEqual((await ask())[0], hourly);
    await store.close();
  });

  test(`${name}: quantiles are right to one percent, from records and from counts alike`, async () => {
    const { add, series, store } = await begin(folderOf());
    await add(
      Array.from({ length: 1000 }, (_, index) =>
        record({ durationMs: index + 1, upstreamMs: undefined }),
      ),
    );
    const near = (value: number | undefined, wanted: number): void =>
      assert.ok(Math.abs((value ?? 0) - wanted) <= wanted * 0.011, `${value} is not ${wanted}`);
    for (const kind of ["minutes", "hours"] as const) {
      const [item] = await series({ durations: true, step: "all" });
      near(item?.durationMs?.p50, 500);
      near(item?.durationMs?.p95, 950);
      near(item?.durationMs?.p99, 990);
      assert.equal(item?.requests, 1000);
      assert.equal(item?.upstreamMs, undefined);
      await store.rollUp(kind);
    }
    await store.close();
  });

  test(`${name}: what is older than it may be goes, counts stay, and whom pseudonyms stood for goes too`, async () => {
    const { add, find, series, store } = await begin(folderOf(), { ...usual, rawMs: 86_400_000 });
    await add([record(), record({ time: "2026-11-21T10:00:00.000Z" })]);
    await store.addSubjects("2026-11-20", [["sub_1", "sealed-1"]]);
    await store.addSubjects("2026-11-21", [["sub_2", "sealed-2"]]);
    assert.equal(await store.sealedSubject("sub_1", deadlineMs), "sealed-1");
    await store.tidy(at("2026-11-22T00:00:00Z"));
    assert.deepEqual(
      (await find({})).items.map(({ time }) => time.slice(0, 10)),
      ["2026-11-21"],
    );
    assert.equal(await store.sealedSubject("sub_1", deadlineMs), undefined);
    assert.equal(await store.sealedSubject("sub_2", deadlineMs), "sealed-2");
    assert.deepEqual(
      (await series({ step: "day" })).map(({ requests }) => requests),
      [1, 1],
    );
    await store.tidy(at("2030-01-01T00:00:00Z"));
    assert.deepEqual(await series({ step: "day" }), []);
    await store.close();
  });

  test(`${name}: beyond the bytes that it may take the oldest go, and then nothing more is taken`, async () => {
    const { add, find, store } = await begin(folderOf(), { ...usual, mostBytes: 1 });
    await add([record(), record({ time: "2026-11-21T10:00:00.000Z" })]);
    await store.tidy(at("2026-11-21T12:00:00Z"));
    assert.deepEqual(
      (await find({})).items.map(({ time }) => time.slice(0, 10)),
      ["2026-11-21"],
    );
    await assert.rejects(add([record()]), /more of the disk/);
    await store.close();
  });

  test(`${name}: of records without a decision a share is kept and counted for the others; the rest always is`, async () => {
    const { add, find, series, store } = await begin(folderOf(), { ...usual, passedShare: 0.1 });
    await add([
      ...Array.from({ length: 2000 }, () => record()),
      ...Array.from({ length: 20 }, () => refused()),
    ]);
    const kept = (await find({ outcome: "passed" })).items.length;
    assert.ok(kept > 100 && kept < 350, `${kept}`);
    assert.equal((await find({ code: "app-missing" })).items.length, 20);
    const [item] = await series({ step: "all" });
    assert.equal(item?.requests, kept * 10 + 20);
    await store.close();
  });

  test(`${name}: a file that cannot be read is set aside, said, counted, and a new one is written`, async () => {
    const folder = folderOf();
    const first = await begin(folder);
    await first.add([record()]);
    await first.store.close();
    const file = join(folder, readdirSync(folder).find((one) => one.startsWith("raw-")) ?? "");
    truncateSync(file, 0);
    writeFileSync(file, "no database ".repeat(2000));
    said.splice(0);
    const again = await begin(folder);
    await again.add([record({ status: 201 })]);
    assert.deepEqual(
      (await again.find({})).items.map(({ status }) => status),
      [201],
    );
    assert.match(said.join("\n"), /raw-2026-11-20.* cannot be read .* was set aside/);
    assert.equal(again.store.files.unreadable, 1);
    await again.store.close();
  });

  test(`${name}: two gates that run beside each other keep records apart, and say what they cannot see`, async () => {
    const folder = folderOf();
    const [one, other] = [await begin(folder), await begin(folder)];
    await one.add([record()]);
    await other.add([record({ status: 201 })]);
    const page = await one.find({});
    assert.deepEqual(
      page.items.map(({ status }) => status).sort((a, b) => a - b),
      [200, 201],
    );
    await one.store.close();
    await other.store.close();
    const third = await begin(folder);
    assert.deepEqual(
      (await third.find({})).items.map(({ status }) => status).sort((a, b) => a - b),
      [200, 201],
    );
    await third.store.close();
  });
}

test("DuckDB breaks off a question that takes too long, and goes on with the next", async () => {
  const engine = await duckDbEngine();
  const file = await engine.open(
    join(mkdtempSync(join(tmpdir(), "portcullis-late-")), "x.duckdb"),
    [],
  );
  await assert.rejects(
    file.all(
      "SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range + b.range = 7",
      [],
      50,
    ),
    DeadlineFault,
  );
  assert.deepEqual(await file.all("SELECT 1 AS one", [], deadlineMs), [{ one: 1 }]);
  for (const statement of [
    "SELECT * FROM read_csv('/etc/passwd')",
    "ATTACH '/tmp/other.duckdb'",
    "COPY (SELECT 1) TO '/tmp/portcullis-copied.csv'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET threads = 8",
    "SET enable_external_access = true",
  ])
    await assert.rejects(file.all(statement, [], deadlineMs), statement);
  await file.close();
});
