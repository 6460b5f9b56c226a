import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startGate } from "../../examples/harbour/gate.ts";
import { exportGauges } from "../../packages/server/src/control/export-gauges.ts";
import type { OtlpPlan } from "../../packages/server/src/watch/export/export-plan.ts";
import { Exporting } from "../../packages/server/src/watch/export/exporting.ts";
import { send } from "../vulnerable/client.ts";
import { attributesOf, receiveOtlp } from "./otlp-receiver.ts";

const planFor = (port: number, more: Partial<OtlpPlan> = {}): OtlpPlan => ({
  form: "otlp",
  name: `otlp:127.0.0.1:${port}`,
  to: `http://127.0.0.1:${port}`,
  signals: ["logs", "traces", "metrics"],
  share: 1,
  token: undefined,
  ...more,
});

const line = (index: number, more: object = {}): string =>
  `${JSON.stringify({
    level: "info",
    time: "2026-11-20T10:00:00.250Z",
    traceId: index.toString(16).padStart(32, "0"),
    operation: "readNote",
    method: "GET",
    path: "/notes/{id}",
    status: 200,
    outcome: "passed",
    durationMs: 12.5,
    answerBytes: 100,
    ...more,
  })}\n`;

const write = (exporting: Exporting, lines: readonly string[]): void =>
  exporting.write(new TextEncoder().encode(lines.join("")), lines.length);

test("a gate sends each request as a log and a span, and its metrics, in gzip with the policy's token", async (context) => {
  const collector = await receiveOtlp();
  context.after(() => collector.close());
  const backend = createServer((_asked, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(backend, "listening");
  context.after(() => backend.close());
  const folder = mkdtempSync(join(tmpdir(), "portcullis-otlp-"));
  writeFileSync(
    join(folder, "api.yaml"),
    `openapi: 3.1.0
info: { title: Notes, version: v1 }
paths: { "/notes/{id}": { get: { operationId: readNote, security: [], parameters: [{ name: id, in: path, required: true, schema: { type: integer } }], responses: { "200": { description: ok } } } } }
`,
  );
  const policy = join(folder, "portcullis.yaml");
  writeFileSync(
    policy,
    `portcullis: 1
mode: enforce
listen: { port: 0, threads: 1, lameDuck: 0s }
admin: { port: 0 }
apis: [{ openapi: ./api.yaml, upstream: "http://127.0.0.1:${(backend.address() as AddressInfo).port}" }]
export: [{ form: otlp, to: "http://127.0.0.1:${collector.port}", signals: [metrics, logs, traces], token: { env: OTLP_TOKEN } }]
`,
  );
  const gate = await startGate(["--config", policy], folder, {
    ...process.env,
    OTLP_TOKEN: "collector-token",
    // What OpenTelemetry reads of the environment is not the policy.
    OTEL_EXPORTER_OTLP_HEADERS: "x-from-environment=yes",
  });
  context.after(() => gate.process.kill("SIGKILL"));
  const url = `https://localhost:${gate.port}`;
  assert.notEqual((await send({ url, ca: gate.ca }, { at: "GET /notes/7" })).status, 0);
  assert.equal((await send({ url, ca: gate.ca }, { at: "GET /notes/secret-id" })).status, 400);
  const ended = once(gate.process, "exit");
  gate.process.kill("SIGTERM");
  await ended;
  const logs = collector.of("/v1/logs");
  assert.equal(logs.length, 2, JSON.stringify(collector.received));
  const refused = logs.find(({ severityText }) => severityText === "WARN") ?? {};
  const said = attributesOf(refused);
  assert.deepEqual(
    [said["portcullis.code"], said["http.response.status_code"], said["http.route"]],
    ["request-invalid", 400, "/notes/{id}"],
  );
  assert.deepEqual(said["portcullis.decisions"], ["request-invalid:enforce"]);
  assert.equal(refused["body"].string, "GET /notes/{id} 400 request-invalid");
  const spans = collector.of("/v1/traces");
  const spanOf = spans.find(({ traceId }) => traceId === refused["traceId"]);
  assert.equal(spanOf?.["spanId"], refused["spanId"]);
  assert.deepEqual([spanOf?.["kind"], spanOf?.["name"]], [2, "GET /notes/{id}"]);
  assert.ok(Number(spanOf?.["end"]) >= Number(spanOf?.["start"]));
  const metrics = new Map(collector.of("/v1/metrics").map((one) => [one["name"] as string, one]));
  const requests = metrics.get("portcullis_requests_total")?.["sum"];
  assert.deepEqual([requests.temporality, requests.isMonotonic], [2, 1]);
  assert.equal(
    (requests.points as { value: number }[]).reduce((sum, { value }) => sum + value, 0),
    2,
  );
  const [whole] = metrics.get("portcullis_request_duration_seconds")?.["histogram"].points ?? [];
  assert.equal(whole.count, 2);
  assert.equal(
    (whole.buckets as number[]).reduce((sum, one) => sum + one, 0),
    2,
  );
  assert.equal(whole.bounds.length + 1, whole.buckets.length);
  assert.equal(metrics.get("portcullis_gate_threads")?.["gauge"].points.length, 1);
  for (const { headers, resource } of collector.received) {
    assert.equal(headers["authorization"], "Bearer collector-token");
    assert.equal(headers["content-encoding"], "gzip");
    assert.equal(headers["content-type"], "application/x-protobuf");
    assert.equal(headers["x-from-environment"], undefined);
    assert.equal(resource["service.name"], "portcullis");
  }
  assert.doesNotMatch(JSON.stringify(collector.received), /secret-id/);
});

test("of requests that passed a share goes, the same in logs and traces; what was decided always goes", async (context) => {
  const collector = await receiveOtlp();
  context.after(() => collector.close());
  const exporting = new Exporting({ say: () => undefined });
  exporting.use([planFor(collector.port, { share: 0.25, signals: ["logs", "traces"] })]);
  const step = 2 ** 32 / 400;
  const passed = Array.from({ length: 400 }, (_, index) => line(Math.floor(index * step)));
  const observed = { decisions: [{ code: "token-expired", mode: "observe" }] };
  const decided = Array.from({ length: 10 }, (_, index) => line(0xffff0000 + index, observed));
  const failed = line(0xfffff000, { outcome: "failed", status: 502, code: "upstream-timeout" });
  write(exporting, [...passed, ...decided, failed]);
  await exporting.end(5000);
  const logs = collector.of("/v1/logs");
  assert.equal(logs.length, 100 + 10 + 1);
  const tracesOf = (path: string): Set<unknown> =>
    new Set(collector.of(path).map(({ traceId }) => traceId as unknown));
  assert.deepEqual(tracesOf("/v1/logs"), tracesOf("/v1/traces"));
});

test("a collector that hangs keeps nobody waiting: what does not fit is dropped, and every record is counted", async (context) => {
  const collector = await receiveOtlp(() => undefined);
  context.after(() => collector.close());
  const said: string[] = [];
  const exporting = new Exporting({
    say: (message) => said.push(message),
    mostWaitingBytes: 2_000_000,
  });
  exporting.use([planFor(collector.port, { signals: ["logs"] })]);
  for (let round = 0; round < 12; round += 1)
    write(
      exporting,
      Array.from({ length: 1000 }, (_, index) => line(index)),
    );
  await collector.until(() => collector.received.length > 0);
  await exporting.end(1);
  const { thread, ...sinks } = exporting.counts;
  const [logs] = Object.values(sinks).map((signals) => signals["logs"]);
  const { dropped = 0, sent = 0, waiting = 0 } = logs ?? {};
  const lost = dropped + (thread?.["records"]?.dropped ?? 0);
  assert.equal(lost + sent + waiting, 12_000);
  assert.ok(waiting <= 8192 && lost > 0, JSON.stringify(exporting.counts));
  const names = exportGauges(exporting).map(({ name }) => name);
  assert.ok(names.includes("portcullis_export_dropped_total"));
});

test("a collector that refuses, lies or leads elsewhere costs its own records alone, and is said once", async (context) => {
  const other = await receiveOtlp();
  context.after(() => other.close());
  for (const answer of [
    (response: { writeHead(status: number, headers?: object): { end(): void } }) =>
      response.writeHead(401).end(),
    (response: { writeHead(status: number, headers?: object): { end(): void } }) =>
      response.writeHead(307, { Location: `http://127.0.0.1:${other.port}/v1/logs` }).end(),
  ]) {
    const collector = await receiveOtlp(answer);
    context.after(() => collector.close());
    const said: string[] = [];
    const exporting = new Exporting({ say: (message) => said.push(message) });
    exporting.use([
      planFor(collector.port, { signals: ["logs"], token: "secret-token" }),
      planFor(other.port, { signals: ["logs"] }),
    ]);
    for (let round = 0; round < 2; round += 1)
      write(
        exporting,
        Array.from({ length: 600 }, (_, index) => line(index)),
      );
    await exporting.end(9000);
    const { counts } = exporting;
    assert.equal(counts[`otlp:127.0.0.1:${collector.port}`]?.["logs"]?.dropped, 1200);
    assert.equal(counts[`otlp:127.0.0.1:${other.port}`]?.["logs"]?.sent, 1200);
    assert.equal(said.length, 1, said.join("\n"));
    assert.doesNotMatch(said.join(), /secret-token/);
  }
  assert.equal(other.of("/v1/logs").length, 2400, "nothing was sent on");
});

test("nothing is loaded and nothing is counted where the policy exports nothing", () => {
  const exporting = new Exporting({ say: () => undefined });
  exporting.use([]);
  write(exporting, [line(1)]);
  assert.deepEqual(exporting.counts, {});
  assert.deepEqual(exportGauges(exporting), []);
});
