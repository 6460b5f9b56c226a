import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { parse } from "yaml";
import { startGate } from "../../examples/harbour/gate.ts";
import { watchedBy, watchedKeys } from "../../packages/server/src/admin/posture/watched-by.ts";
import { send } from "../vulnerable/client.ts";

const folder = join(import.meta.dirname, "../../packages/server/monitoring");
const textOf = (file: string): string => readFileSync(join(folder, file), "utf8");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}
const rules = (
  parse(textOf("prometheus-rules.yaml")) as {
    readonly groups: readonly { readonly rules: readonly Rule[] }[];
  }
).groups.flatMap((group) => group.rules);

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
const dashboard = JSON.parse(textOf("grafana-dashboard.json")) as {
  readonly panels: readonly Panel[];
  readonly annotations: { readonly list: readonly { readonly expr: string }[] };
};
const panels = dashboard.panels.filter(({ type }) => type !== "row");

/** Every expression, with where it stands. */
const expressions = [
  ...rules.map(({ alert, expr }) => ({ where: alert, expr, labels: "" })),
  ...panels.flatMap(({ targets = [], title }) =>
    targets.map(({ expr, legendFormat }) => ({ where: title, expr, labels: legendFormat })),
  ),
  ...dashboard.annotations.list.map(({ expr }) => ({ where: "annotations", expr, labels: "" })),
];

/** Labels by metric, as a gate tells them; a metric without rows has none. */
const told = new Map<string, Set<string>>();

before(async () => {
  const backend = createServer((_asked, response) => response.end("{}")).listen(0, "127.0.0.1");
  await once(backend, "listening");
  const directory = mkdtempSync(join(tmpdir(), "portcullis-monitoring-"));
  const { port } = backend.address() as AddressInfo;
  writeFileSync(
    join(directory, "api.yaml"),
    `openapi: 3.1.0
info: { title: Notes, version: v1 }
paths: { /notes: { get: { operationId: readNotes, security: [], responses: { "200": { description: ok } } } } }
`,
  );
  writeFileSync(
    join(directory, "portcullis.yaml"),
    `portcullis: 1
mode: enforce
store: ./kept.db
listen: { port: 0, threads: 1, lameDuck: 0s }
admin: { port: 0 }
apis: [{ openapi: ./api.yaml, upstream: { targets: "http://127.0.0.1:${port}", concurrency: 10 } }]
alerts: [{ to: "http://127.0.0.1:9/", allowPrivate: true }]
export: [{ form: otlp, to: "http://127.0.0.1:${port}", signals: [logs] }]
`,
  );
  const gate = await startGate(["--config", join(directory, "portcullis.yaml")], directory);
  const to = { url: `https://localhost:${gate.port}`, ca: gate.ca };
  await send(to, { at: "GET /notes" });
  await send(to, { at: "GET /nothing" });
  const text = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text();
  gate.process.kill("SIGKILL");
  backend.close();
  backend.closeAllConnections();
  for (const [, name = "", type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm))
    for (const suffix of type === "histogram" ? ["_bucket", "_sum", "_count"] : [""])
      told.set(`${name}${suffix}`, new Set());
  for (const [, name = "", labels = ""] of text.matchAll(/^([a-z_]+)\{(.*)\} \S+$/gm))
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) told.get(name)?.add(label);
});

test("every metric that the shipped rules and the dashboard name is one that a gate tells", () => {
  const missing = expressions.flatMap(({ expr, where }) =>
    [...expr.matchAll(/portcullis_[a-z_]+/g)]
      .filter(([name]) => !told.has(name))
      .map(([name]) => `${where}: ${name}`),
  );
  assert.deepEqual(missing, []);
  assert.ok(expressions.length > 40, `${expressions.length}`);
});

test("every label that they match or group by is one of a metric that stands beside it", () => {
  for (const { expr, labels, where } of expressions) {
    const names = [...expr.matchAll(/portcullis_[a-z_]+/g)].map(([name]) => name);
    const known = names.map((name) => told.get(name) as Set<string>);
    // Of a metric without rows nobody can tell; the others are held to what they have.
    if (known.some((one) => one.size === 0)) continue;
    const used = [
      ...[...expr.matchAll(/(\w+)=~?"/g)].map(([, label = ""]) => label),
      ...[...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/, ?/)),
      ...[...labels.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = ""]) => label),
    ];
    for (const label of used)
      assert.ok(
        known.some((one) => one.has(label)),
        `${where}: ${label}`,
      );
  }
});

test("every rule says what is wrong and what to do next, and those that posture names are there", () => {
  for (const { alert, annotations, labels } of rules) {
    assert.match(alert, /^Portcullis[A-Z]\w+$/);
    assert.match(labels["severity"] ?? "", /^(medium|high|critical)$/);
    assert.ok((annotations["summary"] ?? "").length > 10, alert);
    assert.ok((annotations["next"] ?? "").length > 10, alert);
  }
  const named = new Set(rules.map(({ alert }) => alert));
  assert.equal(named.size, rules.length);
  for (const rule of watchedKeys.flatMap((key) => watchedBy(key).rules))
    assert.ok(named.has(rule), rule);
  assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
  for (const { description, title } of panels) assert.ok(description.length > 5, title);
});
