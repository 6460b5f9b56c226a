import assert from "node:assert/strict";
import { test } from "node:test";
import { at, beginner, engines, folderOf, record, refused, usual } from "./store-cases.ts";

for (const [name, engineOf] of engines) {
  const said: string[] = [];
  const begin = beginner(engineOf, said);

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
}
