import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { noteOpenAlerts } from "../../settings/alert-keys.ts";
import type { Severity } from "../detectors/evidence.ts";
import type { Incident } from "../incidents/incident.ts";
import { Delivery } from "./delivery.ts";
import type { Notice } from "./notice.ts";

const incident = (severity: Severity, summary = "Somebody tries names."): Incident => ({
  id: "i-1",
  kind: "credential-stuffing",
  detector: "credentialStuffing",
  family: "sign-in",
  severity,
  state: "open",
  summary,
  operation: "login",
  operations: ["login"],
  startedAtMs: 0,
  lastAtMs: 0,
  observed: "118 of 118 failed",
  baseline: "12 % fail",
  falseIf: "these are your own tests",
  because: { kind: "client", name: "x", share: 1 },
  keys: [],
  detectors: ["credentialStuffing"],
  touched: { accounts: 1, addresses: 1, callers: 0, objects: 0 },
  records: [],
  timeline: [],
  done: [],
});

interface Event {
  readonly routing_key: string;
  readonly event_action: string;
  readonly dedup_key: string;
  readonly payload: Readonly<Record<string, unknown>> & { readonly summary: string };
}

test("PagerDuty has one alert for an incident, which its end resolves, under the routing key and unsigned", async (context) => {
  const events: Event[] = [];
  const signatures = new Set<unknown>();
  const server = createServer((asked, response) => {
    let body = "";
    asked.on("data", (part: Buffer) => (body += part.toString()));
    asked.on("end", () => {
      events.push(JSON.parse(body) as Event);
      signatures.add(asked.headers["portcullis-signature"]);
      response.writeHead(202).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  const to = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/enqueue`;
  const delivery = new Delivery(
    { to, form: "pagerduty", secret: "routing-key", allowPrivate: true },
    () => 1_763_640_000_000,
    () => undefined,
  );
  const worse = incident("critical", "x".repeat(3000));
  for (const notice of [
    { type: "incident.opened", incident: incident("medium") },
    { type: "incident.raised", incident: worse },
    { type: "incident.closed", incident: worse },
    { type: "digest", incidents: [worse] },
    { type: "test" },
  ] satisfies Notice[])
    assert.equal((await delivery.try(notice)).kind, "taken");
  assert.deepEqual(
    events.map(({ event_action: action, payload }) => [action, payload["severity"]]),
    [
      ["trigger", "warning"],
      ["trigger", "critical"],
      ["resolve", "critical"],
      ["trigger", "info"],
      ["trigger", "info"],
    ],
  );
  const keys = events.map((one) => one.dedup_key);
  assert.deepEqual(new Set(keys.slice(0, 3)), new Set(["portcullis/i-1"]));
  assert.equal(new Set(keys).size, 3);
  for (const { payload, routing_key: key } of events) {
    assert.equal(key, "routing-key");
    assert.ok(payload.summary.length > 0 && payload.summary.length <= 1024);
    assert.equal(payload["timestamp"], "2025-11-20T12:00:00.000Z");
  }
  assert.deepEqual([...signatures], [undefined]);
});

test("PagerDuty without a routing key is refused when the policy is read", () => {
  const noted: string[] = [];
  const to = "https://events.pagerduty.com/v2/enqueue";
  noteOpenAlerts(
    [
      { to, form: "pagerduty" },
      { to, form: "pagerduty", secret: { env: "KEY" } },
    ],
    (path) => void noted.push(path.join(".")),
  );
  assert.deepEqual(noted, ["alerts.0.form"]);
});
