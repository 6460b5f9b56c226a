import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { recordLine } from "@portcullis/guard/records";
import { CursorFault } from "../record-page.ts";
import { duckDbEngine } from "./duckdb-engine.ts";
import { DeadlineFault } from "./engine.ts";
import {
  at,
  beginner,
  deadlineMs,
  engines,
  folderOf,
  record,
  refused,
  usual,
} from "./store-cases.ts";

for (const [name, engineOf] of engines) {
  const said: string[] = [];
  const begin = beginner(engineOf, said);

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
      "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range + b.range = 7",
      [],
      50,
    ),
    DeadlineFault,
  );
  assert.deepEqual(await file.all("SELECT 1 AS one", [], deadlineMs), [{ one: 1 }]);
  for (const statement of [
    `SELECT * FROM read_csv('${import.meta.filename}')`,
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
