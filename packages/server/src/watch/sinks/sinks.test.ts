import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Severity } from "../detectors/evidence.ts";
import type { Incident } from "../incidents/incident.ts";
import { Delivery, type Sink } from "./delivery.ts";
import { Mutes } from "./mutes.ts";
import { type Notice, noticeBody } from "./notice.ts";
import { Notifying } from "./notifying.ts";
import { isPrivate } from "./private-address.ts";

const incident = (id: string, severity: Severity, summary = "Somebody tries names."): Incident => ({
  id,
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

const now = (): number => 1_763_640_000_000;

interface Heard {
  readonly url: string | undefined;
  readonly signature: string;
  readonly body: string;
}

/** A sink that answers as it is told. */
async function listen(answer: (response: ServerResponse, count: number) => void) {
  const heard: Heard[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString()));
    request.on("end", () => {
      const signature = String(request.headers["portcullis-signature"]);
      heard.push({ url: request.url, signature, body });
      answer(response, heard.length);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    heard,
    sink: {
      to: `http://127.0.0.1:${port}/hook`,
      form: "json",
      secret: "s3cret",
      allowPrivate: true,
    } satisfies Sink,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const opened = (id = "i-1"): Notice => ({
  type: "incident.opened",
  incident: incident(id, "high"),
});

test("a notice is signed over time and body, and tried again under the same id until it is taken", async () => {
  const { close, heard, sink } = await listen((response, count) => {
    response.statusCode = count < 3 ? 503 : 204;
    response.end();
  });
  const delivery = new Delivery(sink, now, () => undefined, [1, 1, 1]);
  delivery.add(opened());
  while (delivery.counts.taken < 1) await new Promise((resolve) => setTimeout(resolve, 2));
  close();
  assert.equal(heard.length, 3);
  const bodies = heard.map(({ body }) => JSON.parse(body) as { id: string; incident: object });
  assert.equal(new Set(bodies.map(({ id }) => id)).size, 1);
  assert.deepEqual(Object.keys(bodies[0]?.incident ?? {}).slice(0, 7), [
    "id",
    "kind",
    "severity",
    "state",
    "summary",
    "operation",
    "startedAt",
  ]);
  for (const { body, signature } of heard) {
    const [, time, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
    assert.equal(time, "1763640000");
    assert.equal(mac, createHmac("sha256", "s3cret").update(`${time}.${body}`).digest("hex"));
  }
});

test("a redirect inward, and an answer that says no, end a notice without another attempt", async () => {
  for (const status of [307, 401]) {
    const said: string[] = [];
    const { close, heard, sink } = await listen((response) => {
      response.writeHead(status, { Location: "/metadata" }).end();
    });
    const delivery = new Delivery(sink, now, (message) => said.push(message), [1]);
    delivery.add(opened());
    while (delivery.counts.failed < 1) await new Promise((resolve) => setTimeout(resolve, 2));
    close();
    assert.deepEqual(
      heard.map(({ url }) => url),
      ["/hook"],
    );
    assert.match(said.join(), new RegExp(`${status}`));
    assert.doesNotMatch(said.join(), /hook/, "what follows the host may be a secret");
  }
});

test("addresses that are not of the Internet are refused, by name and by number, unless it is allowed", async () => {
  for (const to of [
    "http://127.0.0.1:1/",
    "http://localhost:1/",
    "http://[::1]:1/",
    "http://[::ffff:127.0.0.1]:1/",
    "http://169.254.169.254/latest",
    "http://2130706433/",
  ]) {
    const sink = { to, form: "json", secret: undefined, allowPrivate: false } as const;
    const posted = await new Delivery(sink, now, () => undefined).try({ type: "test" });
    assert.equal(posted.kind, "refused", to);
  }
  for (const address of [
    "10.1.2.3",
    "172.31.0.1",
    "100.64.1.1",
    "fd00::1",
    "fe80::1",
    "::",
    "0.0.0.0",
  ])
    assert.equal(isPrivate(address), true, address);
  for (const address of ["1.1.1.1", "172.32.0.1", "2606:4700::1111"])
    assert.equal(isPrivate(address), false, address);
});

test("a sink that hangs holds up its own notices alone, and beyond a hundred the oldest is dropped", async () => {
  const { close, sink } = await listen(() => undefined);
  const hanging = new Delivery(sink, now, () => undefined, []);
  for (let index = 0; index < 150; index += 1) hanging.add(opened(`i-${index}`));
  assert.deepEqual([hanging.counts.waiting, hanging.counts.dropped], [100, 50]);
  close();
  await hanging.close();
});

test("what callers and documents have chosen neither ends a line, nor colours it, nor is a link", () => {
  const hostile = "login\r\n\u001b[31m<!channel> <https://evil|x>\u202e";
  const notice: Notice = { type: "incident.opened", incident: incident("i-1", "high", hostile) };
  const { text } = JSON.parse(noticeBody(notice, "slack", "n", 0)) as { text: string };
  assert.doesNotMatch(text, /[\r\u001b\u202e<>]/);
  assert.equal(JSON.parse(noticeBody(notice, "json", "n", 0)).incident.summary, hostile);
});

function notify(minSeverity: Severity, mutes = new Mutes()) {
  const sent: Notice[] = [];
  const notifying = new Notifying({
    minSeverity,
    send: (notice) => sent.push(notice),
    isMuted: (one, nowMs) => mutes.isMuted(one, nowMs),
  });
  return { notifying, sent, types: () => sent.map(({ type }) => type) };
}

const hour = 3_600_000;

test("three notices a day are sent, critical ones pass, and the rest come in a digest a day later", () => {
  const { notifying, sent, types } = notify("high");
  for (let index = 0; index < 6; index += 1)
    notifying.hear(incident(`i-${index}`, "high"), "opened", index * hour, false);
  assert.equal(sent.length, 3);
  notifying.hear(incident("i-c", "critical"), "opened", 6 * hour, false);
  notifying.hear(incident("i-u", "high"), "opened", 6 * hour, true);
  assert.equal(sent.length, 5);
  notifying.hear(incident("i-m", "medium"), "opened", 6 * hour, false);
  notifying.turn(26 * hour);
  assert.equal(sent.length, 5);
  notifying.turn(27 * hour + 1);
  assert.equal(types().at(-1), "digest");
  const digest = sent.at(-1);
  assert.equal(digest?.type === "digest" ? digest.incidents.length : 0, 3);
  const low = notify("low");
  for (let index = 0; index < 20; index += 1)
    low.notifying.hear(incident(`i-${index}`, "low"), "opened", index, false);
  assert.equal(low.sent.length, 20, "who asks for low wants to know");
});

test("rises of one incident within a minute are one notice, and growth that is no rise is none", () => {
  const { notifying, sent, types } = notify("low");
  notifying.hear(incident("i-1", "low"), "opened", 0, false);
  for (const [atMs, severity] of [
    [1000, "medium"],
    [2000, "high"],
    [3000, "critical"],
  ] as const)
    notifying.hear(incident("i-1", severity), "raised", atMs, false);
  notifying.hear(incident("i-2", "low"), "opened", 4000, false);
  notifying.hear(incident("i-2", "low"), "grown", 5000, false);
  notifying.turn(59_000);
  assert.deepEqual(types(), ["incident.opened", "incident.opened"]);
  notifying.turn(60_000);
  assert.equal(sent.length, 3);
  const rise = sent[2];
  assert.equal(rise?.type === "incident.raised" && rise.incident.severity, "critical");
  notifying.hear(incident("i-1", "critical"), "closed", 70_000, false);
  assert.equal(types().at(-1), "incident.closed");
});

test("what is muted is not told of until the mute ends", async () => {
  const mutes = new Mutes();
  const { notifying, sent } = notify("low", mutes);
  await mutes.add({ kind: "credential-stuffing", reason: "a drill", by: "admin", untilMs: 1000 });
  notifying.hear(incident("i-1", "low"), "opened", 999, false);
  assert.equal(sent.length, 0);
  notifying.hear(incident("i-2", "low"), "opened", 1000, false);
  assert.equal(sent.length, 1);
  assert.deepEqual(mutes.all(1000), []);
});
