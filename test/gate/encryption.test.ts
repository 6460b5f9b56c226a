import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { after, before, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { WebSocket } from "ws";
import { selfSigned } from "../certificate.ts";
import { until } from "../faults/changing-gate.ts";
import { type EdgeGate, type Got, startEdgeGate } from "./edge-gate.ts";

let edge: EdgeGate;
before(async () => {
  edge = await startEdgeGate();
});
after(() => edge.close());

test("the cleartext port serves nothing: browsers are sent away, tokens refused, all counted", async () => {
  const plain = (headers: Record<string, string>): Promise<Got> =>
    new Promise((resolve, reject) => {
      httpRequest(
        { host: "127.0.0.1", port: edge.cleartextPort, path: "/long?a=1", headers },
        (response) => {
          const parts: Buffer[] = [];
          response
            .on("data", (part: Buffer) => parts.push(part))
            .on("end", () =>
              resolve({
                status: response.statusCode ?? 0,
                headers: response.headers,
                body: Buffer.concat(parts),
                trailers: {},
              }),
            );
        },
      )
        .on("error", reject)
        .end();
    });
  const sent = await plain({});
  assert.equal(sent.status, 308);
  assert.equal(sent.headers["location"], "https://api.example/long?a=1");
  const token = await plain({ Authorization: "Bearer x" });
  assert.equal(token.status, 403);
  assert.match(token.body.toString(), /cleartext-refused/);
  const metrics = await (await fetch(`http://127.0.0.1:${edge.gate.adminPort}/metrics`)).text();
  assert.match(metrics, /portcullis_cleartext_requests_total 2/);
});

test("every answer says that only encrypted connections are served", async () => {
  const expected = "max-age=2592000; includeSubDomains";
  assert.equal((await edge.send("/long")).headers["strict-transport-security"], expected);
  assert.equal((await edge.send("/nothing")).headers["strict-transport-security"], expected);
});

test("a changed certificate is seen by new connections, and those that stand go on", async () => {
  const subject = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = tlsConnect(
        { host: "127.0.0.1", port: edge.gate.port, rejectUnauthorized: false },
        () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        },
      ).on("error", reject);
    });
  const live = new WebSocket(`wss://localhost:${edge.gate.port}/live`, { ca: edge.certificate });
  await new Promise((resolve) => live.once("open", resolve));
  assert.equal(await subject(), "first");
  const saying = (words: RegExp): Promise<void> =>
    until(() => Promise.resolve(words.test(edge.gate.said())), edge.gate.said);
  writeFileSync(edge.keyFile, "half a key");
  await saying(/the changed certificate is not used: .* is not a private key/);
  assert.equal(await subject(), "first");
  rmSync(edge.keyFile);
  await saying(/the changed certificate is not used: .* cannot be read \(ENOENT\)/);
  assert.equal(await subject(), "first");
  const second = await selfSigned("second");
  writeFileSync(edge.keyFile, second.key);
  writeFileSync(edge.certificateFile, second.certificate);
  for (let tries = 0; tries < 60 && (await subject()) !== "second"; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(await subject(), "second");
  const echoed = new Promise((resolve) =>
    live.once("message", (data) => resolve((data as Buffer).toString())),
  );
  live.send("still here");
  assert.equal(await echoed, "still here");
  live.close();
});
