import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, mkdtempSync, open } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { type DecisionRecord, recordLine } from "@portcullis/guard/records";
import { prometheusText } from "./prometheus.ts";
import type { RecordFilter } from "./record-filter.ts";
import { CursorFault } from "./record-page.ts";
import { RecentRecords } from "./recent-records.ts";
import { createLineWriter } from "./line-writer.ts";
import { RequestCounts } from "./request-counts.ts";

const record = (over: Partial<DecisionRecord> = {}): DecisionRecord => ({
  time: "2026-11-20T10:00:00.000Z",
  traceId: "a".repeat(32),
  operation: "getAccount",
  method: "GET",
  path: "/v1/accounts/{accountId}",
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
  durationMs: 3,
  upstreamMs: 2,
  answerBytes: 10,
  ...over,
});

test("requests are counted by operation, app version, exact status and outcome", () => {
  const counts = new RequestCounts();
  counts.add(record());
  counts.add(record());
  counts.add(
    record({
      status: 429,
      outcome: "refused",
      decisions: [{ code: "limit-exceeded", mode: "enforce", detail: undefined, at: undefined }],
    }),
  );
  const text = prometheusText(counts.all(), []);
  assert.match(
    text,
    /portcullis_requests_total\{operation="getAccount",app="harbour-ios",app_version="3.4.1",status="200",outcome="passed"\} 2/,
  );
  assert.match(
    text,
    /portcullis_decisions_total\{operation="getAccount",app="harbour-ios",app_version="3.4.1",code="limit-exceeded",mode="enforce"\} 1/,
  );
  assert.match(
    text,
    /portcullis_request_duration_seconds_bucket\{operation="getAccount",le="0.0025"\} 0/,
  );
  assert.match(
    text,
    /portcullis_request_duration_seconds_bucket\{operation="getAccount",le="0.005"\} 3/,
  );
});

test("a WebSocket is counted once as a request, and its decisions of both records", () => {
  const counts = new RequestCounts();
  const observed = (code: string) => [
    { code, mode: "observe" as const, detail: undefined, at: undefined },
  ];
  counts.add(
    record({ status: 101, webSocket: { state: "opened" }, decisions: observed("origin-refused") }),
  );
  const end = { closeCode: 1000, closedBy: "caller", observed: 0 } as const;
  const carried = { messagesIn: 1, bytesIn: 7, messagesOut: 0, bytesOut: 0 };
  counts.add(
    record({
      status: 101,
      durationMs: 60_000,
      webSocket: { state: "closed", ...end, ...carried },
      decisions: observed("message-invalid"),
    }),
  );
  const { decisions, requests, times } = counts.all();
  assert.deepEqual(
    requests.map(({ count, status }) => [status, count]),
    [[101, 1]],
  );
  assert.deepEqual(
    times.map(({ whole }) => [whole.count, whole.sumMs]),
    [[1, 3]],
  );
  assert.deepEqual(
    decisions.map(({ code, count }) => [code, count]),
    [
      ["origin-refused", 1],
      ["message-invalid", 1],
    ],
  );
});

test("a label value cannot break out of its line", () => {
  const counts = new RequestCounts();
  counts.add(record({ operation: 'x"} 1\nfake{a="' }));
  assert.ok(!prometheusText(counts.all(), []).includes("\nfake{"));
});

test("counts of several threads add up, and what was taken is not counted twice", () => {
  const [one, two, sum] = [new RequestCounts(), new RequestCounts(), new RequestCounts()];
  one.add(record());
  two.add(record());
  for (const counts of [one.take(), two.take(), one.take()])
    if (counts !== undefined) sum.merge(counts);
  assert.equal(sum.all().requests[0]?.count, 2);
});

test("the newest records are found first, and the oldest are forgotten", () => {
  const records = new RecentRecords(3);
  for (const batch of [["1", "2"], ["3"], ["4", "5"]])
    records.add(
      Buffer.from(batch.map((traceId) => recordLine(record({ traceId }))).join("")),
      batch.length,
    );
  const find = (most: number, cursor?: string, filter: RecordFilter = {}) => {
    const { items, next } = records.find({ filter, most, cursor });
    return [items.map(({ traceId }) => traceId).join(""), next] as const;
  };
  assert.deepEqual(find(10), ["543", undefined]);
  assert.deepEqual(find(10, undefined, { traceId: "3" }), ["3", undefined]);
  const [first, next] = find(2);
  assert.equal(first, "54");
  assert.deepEqual(find(2, next), ["3", undefined], "what is behind the first page");
  assert.throws(() => find(1, "s1"), CursorFault);
  assert.deepEqual(
    records.since(3, {})?.map(({ record: { traceId } }) => traceId),
    ["4", "5"],
  );
  assert.equal(records.since(1, {}), undefined, "what has come since then is no longer whole");
});

test("records reach a slow reader whole and in order, and those beyond the bound are counted", async () => {
  const fifo = join(mkdtempSync(join(tmpdir(), "portcullis-fifo-")), "records");
  execFileSync("mkfifo", [fifo]);
  const reader = spawn("sh", ["-c", `exec < ${fifo}; sleep 1; wc -c`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const counted = new Promise<string>((resolve) => {
    let text = "";
    reader.stdout
      .setEncoding("utf8")
      .on("data", (part: string) => (text += part))
      .on("end", () => resolve(text));
  });
  const descriptor = await new Promise<number>((resolve, reject) =>
    open(fifo, "w", (fault, opened) => (fault === null ? resolve(opened) : reject(fault))),
  );
  const writer = createLineWriter(descriptor);
  const line = Buffer.from(`${"x".repeat(9999)}\n`);
  for (let count = 0; count < 7000; count += 1) {
    writer.write(line, 1);
    const { dropped, waiting, written } = writer.counts;
    assert.equal(written + dropped + waiting, count + 1);
  }
  const { dropped } = writer.counts;
  assert.ok(dropped > 200 && dropped < 500, `${dropped}`);
  assert.equal(await writer.end(60_000), dropped);
  closeSync(descriptor);
  assert.deepEqual(writer.counts, { written: 7000 - dropped, dropped, waiting: 0 });
  assert.equal(Number(await counted), (7000 - dropped) * 10_000);
});
