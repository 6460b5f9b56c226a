import assert from "node:assert/strict";
import { test } from "node:test";
import type { DecisionRecord } from "@portcullis/guard/records";
import { at, beginner, deadlineMs, engines, folderOf, record } from "./store-cases.ts";

const observed = (of: Partial<DecisionRecord>): DecisionRecord =>
  record({
    decisions: [{ code: "app-missing", mode: "observe", detail: undefined, at: undefined }],
    ...of,
  });

for (const [name, engineOf] of engines) {
  const begin = beginner(engineOf, []);

  test(`${name}: what would be refused is counted over days, by build and by whom, and of nothing else`, async () => {
    const { add, store } = await begin(folderOf());
    const evening = { time: "2026-11-20T23:59:00.000Z", subject: "ann" };
    const morning = { time: "2026-11-21T08:00:00.000Z" };
    await add([
      observed({ ...evening, signedIn: true, bound: true }),
      observed({ ...morning, subject: "ann", signedIn: true, first: ["app"] }),
      observed({ ...morning, device: "ann", appVersion: "3.3.0" }),
      observed({ ...morning, address: "ann", appVersion: "3.3.0" }),
      observed({ ...morning, operation: "other" }),
      observed({ time: "2026-11-19T08:00:00.000Z" }),
      record({ ...morning, appVersion: "3.5.0" }),
      record({
        ...morning,
        appVersion: undefined,
        decisions: [
          { code: "app-missing", mode: "observe", effect: "mends", detail: undefined, at: [] },
        ],
      }),
    ]);
    const { controls, missing } = await store.forecast(
      {
        operation: "listThings",
        fromMs: at("2026-11-20T00:00:00Z"),
        toMs: at("2026-11-22T00:00:00Z"),
        controls: [
          { key: "app", codes: ["app-missing", "app-blocked"], held: "observe" },
          { key: "none", codes: [], held: "observe" },
        ],
      },
      deadlineMs,
    );
    assert.deepEqual(missing, []);
    const [app, none] = controls;
    assert.deepEqual(
      app?.builds
        .map(({ boundRequests, mended, people, requests, version }) =>
          [version, requests, people, boundRequests, mended].join(" "),
        )
        .toSorted(),
      [" 0 0 0 1", "3.3.0 2 2 0 0", "3.4.1 2 1 1 0"],
    );
    assert.deepEqual(
      app?.steps.map((step) => [step.app ?? step.percent, step.requests, step.people]),
      [
        [">=3.5.0", 0, 0],
        [25, 1, 1],
        [undefined, 4, 3],
      ],
    );
    assert.deepEqual(none?.builds, []);
    await store.close();
  });
}
