import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import type { TlsOptions } from "node:tls";
import type { UpstreamTlsPlan } from "@portcullis/guard/policy";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import { WebSocketServer } from "ws";
import {
  pinOf,
  tlsFault,
  type UpstreamTlsTexts,
} from "../../packages/server/src/upstream/tls-settings.ts";
import {
  createUpstream,
  upstreamDefaults,
} from "../../packages/server/src/upstream/upstream-pool.ts";
import { type Issued, makeAuthority } from "../certificate-authority.ts";

const ours = await makeAuthority("ours");
const theirs = await makeAuthority("theirs");
const localhost = { names: ["localhost", "127.0.0.1"] };
const right = await ours.issue(localhost);
const gate = await ours.issue({ names: ["gate"], use: "client" });
const pinned = (issued: Issued): string => pinOf(new X509Certificate(issued.cert));

const closing: (() => void)[] = [];
after(() => closing.forEach((close) => close()));

/** A backend that answers with who asks it; it counts what it was asked. */
async function startBackend(options: TlsOptions) {
  let asked = 0;
  const server = createServer(options, (request, response) => {
    asked += 1;
    const { subject } = (request.socket as import("node:tls").TLSSocket).getPeerCertificate();
    response.setHeader("X-Client", subject === undefined ? "nobody" : String(subject.CN));
    response.end();
  });
  const sockets = new WebSocketServer({ server });
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(() => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked: () => asked };
}

interface Case {
  readonly shows: Issued | Promise<Issued>;
  readonly as?: "localhost" | "127.0.0.1";
  readonly plan?: Partial<Pick<UpstreamTlsPlan, "serverName" | "pins">>;
  readonly texts?: Partial<UpstreamTlsTexts>;
  readonly asksForClient?: boolean;
  /** The name of the client that the backend sees, or why nothing is sent. */
  readonly says: string | RegExp;
}

// Node ends such connections without the alert that other servers send.
const notTaken = /does not take the gate's certificate|: the connection was closed$/;

const cases: Readonly<Record<string, Case>> = {
  "the right one, by name": { shows: right, says: "nobody" },
  "the right one, by address": { shows: right, as: "127.0.0.1", says: "nobody" },
  "one of another authority": {
    shows: theirs.issue(localhost),
    says: /no authority that is believed vouches for its certificate \(/,
  },
  "the right one, where only the public authorities are believed": {
    shows: right,
    texts: { authorities: [] },
    says: /no authority that is believed vouches for its certificate \(/,
  },
  "one for another name": {
    shows: ours.issue({ names: ["other.internal"] }),
    says: /is for another name \(ERR_TLS_CERT_ALTNAME_INVALID\)/,
  },
  "one for another name that the policy names": {
    shows: ours.issue({ names: ["orders.internal"] }),
    plan: { serverName: "orders.internal" },
    says: "nobody",
  },
  "the right one, where the policy names another": {
    shows: right,
    plan: { serverName: "orders.internal" },
    says: /is for another name/,
  },
  "one for the name that the caller's Host says": {
    shows: ours.issue({ names: ["api.example.com"] }),
    says: /is for another name/,
  },
  "one that has expired": {
    shows: ours.issue({ ...localhost, from: -3, to: -1 }),
    says: /has expired \(CERT_HAS_EXPIRED\)/,
  },
  "one that is not valid yet": {
    shows: ours.issue({ ...localhost, from: 1 }),
    says: /is not valid yet \(CERT_NOT_YET_VALID\)/,
  },
  "one for clients": {
    shows: ours.issue({ ...localhost, use: "client" }),
    says: /is not one for servers \(INVALID_PURPOSE\)/,
  },
  "the right one, whose key is pinned": {
    shows: right,
    plan: { pins: [pinned(gate), pinned(right)] },
    says: "nobody",
  },
  "the right one with another key than the pinned one": {
    shows: right,
    plan: { pins: [pinned(gate)] },
    says: /its key is none of those that are pinned \(ERR_UPSTREAM_PIN\)/,
  },
  "one with the authority of the pinned key behind it": {
    shows: ours.issue(localhost).then(({ cert, key }) => ({ cert: cert + right.cert, key })),
    plan: { pins: [pinned(right)] },
    says: /its key is none of those that are pinned/,
  },
  "the right one with a pinned key, for another name": {
    shows: right,
    plan: { pins: [pinned(right)], serverName: "orders.internal" },
    says: /is for another name/,
  },
  "the right one, and asks for the gate's": {
    shows: right,
    asksForClient: true,
    texts: gate,
    says: "gate",
  },
  "the right one, and asks for the gate's, which has none": {
    shows: right,
    asksForClient: true,
    says: notTaken,
  },
  "the right one, and does not believe the gate's": {
    shows: right,
    asksForClient: true,
    texts: await theirs.issue({ names: ["gate"], use: "client" }),
    says: notTaken,
  },
};

const request = (): UpstreamRequest => ({
  method: "GET",
  target: "/",
  headers: ["Host", "api.example.com"],
  body: null,
  repeatable: true,
});

for (const [
  what,
  { as = "localhost", asksForClient, plan = {}, says, shows, texts },
] of Object.entries(cases)) {
  test(`a backend that shows ${what} is ${typeof says === "string" ? "asked" : "refused by name, and told nothing"}`, async () => {
    const backend = await startBackend({
      ...(await shows),
      ...(asksForClient === true ? { requestCert: true, ca: ours.cert } : {}),
    });
    const upstream = createUpstream({
      ...upstreamDefaults,
      targets: [`https://${as}:${backend.port}`],
      tls: {
        plan: { serverName: undefined, pins: [], ...plan },
        texts: { authorities: [ours.cert], cert: undefined, key: undefined, ...texts },
      },
    });
    const asked = new Promise<string>((resolve) =>
      upstream.forward(request(), {
        onHead: (_status, headers) => resolve(String(headers[headers.indexOf("X-Client") + 1])),
        onData: () => true,
        onEnd: () => undefined,
        onFault: (code, detail) => resolve(`${code} ${detail}`),
      }),
    );
    const switched = new Promise<string>((resolve) =>
      upstream.upgrade?.(
        {
          ...request(),
          headers: [
            ...request().headers,
            ..."Connection Upgrade Upgrade websocket Sec-WebSocket-Version 13".split(" "),
            "Sec-WebSocket-Key",
            "dGhlIHNhbXBsZSBub25jZQ==",
          ],
        },
        {
          onSwitched(_headers, socket) {
            socket.destroy();
            resolve("switched");
          },
          refused: {
            onHead: (status) => resolve(String(status)),
            onData: () => true,
            onEnd: () => undefined,
            onFault: (code, detail) => resolve(`${code} ${detail}`),
          },
        },
      ),
    );
    if (typeof says === "string") {
      assert.equal(await asked, says);
      assert.equal(await switched, "switched");
    } else
      for (const words of [await asked, await switched]) {
        assert.match(words, /^upstream-unreachable https:/);
        assert.match(words, says);
        assert.equal(backend.asked(), 0);
      }
    await upstream.close();
  });
}

test("a backend that refuses the gate's certificate by an alert is told from one that is lost", () => {
  for (const alert of ["CERTIFICATE_REQUIRED", "UNKNOWN_CA", "BAD_CERTIFICATE"])
    assert.match(tlsFault(`ERR_SSL_TLSV13_ALERT_${alert}`) ?? "", /does not take the gate's/);
  for (const code of ["ECONNRESET", "ERR_SSL_WRONG_VERSION_NUMBER", "ETIMEDOUT"])
    assert.equal(tlsFault(code), undefined);
});
