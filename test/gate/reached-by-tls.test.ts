import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { request as httpsRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type TLSSocket, connect } from "node:tls";
import { type StartedGate, startGate } from "../../examples/harbour/gate.ts";
import { makeAuthority } from "../certificate-authority.ts";
import { until } from "../faults/changing-gate.ts";

const first = await makeAuthority("first");
const second = await makeAuthority("second");
const here = { names: ["localhost", "127.0.0.1"] };
const gateAs = (name: string) => first.issue({ names: [name], use: "client" });
const directory = mkdtempSync(join(tmpdir(), "portcullis-reached-"));
const write = (file: string, text: string): void => writeFileSync(join(directory, file), text);

const backend = createServer(
  { ...(await first.issue(here)), requestCert: true, ca: [first.cert] },
  (request, response) => {
    response.end((request.socket as TLSSocket).getPeerCertificate().subject.CN);
  },
);
let gate: StartedGate;

before(async () => {
  await once(backend.listen(0, "127.0.0.1"), "listening");
  write("openapi.yaml", document);
  write("portcullis.yaml", policyFor((backend.address() as AddressInfo).port));
  write("authorities.pem", first.cert);
  await writePair("gate", "gate-1");
  await writePair("admin", "admin-1");
  const state = join(directory, "state");
  mkdirSync(state);
  // startGate reads the local authority's file; this gate serves without TLS.
  write("state/local-ca.crt", first.cert);
  gate = await startGate(["--config", join(directory, "portcullis.yaml")], state);
});
after(() => {
  gate.process.kill("SIGKILL");
  backend.closeAllConnections();
  backend.close();
});

async function writePair(file: string, name: string): Promise<void> {
  const { cert, key } =
    file === "gate"
      ? await gateAs(name)
      : await first.issue({ names: [name, "127.0.0.1", "gate.internal"] });
  write(`${file}.key`, key);
  write(`${file}.crt`, cert);
}

const policyFor = (port: number): string => `portcullis: 1
mode: enforce
listen: { host: 127.0.0.1, port: 0, threads: 2, tls: off }
admin: { host: 0.0.0.0, port: 0, exposed: true, tls: { cert: admin.crt, key: admin.key } }
apis:
  - openapi: openapi.yaml
    upstream:
      targets: https://localhost:${port}
      tls: { authorities: authorities.pem, cert: gate.crt, key: gate.key }
`;
const document = `openapi: 3.1.0
info: { title: Who, version: "1" }
security: []
paths: { /who: { get: { operationId: who, responses: { "200": { description: ok } } } } }
`;

const who = async (): Promise<string> => {
  const answer = await fetch(`http://127.0.0.1:${gate.port}/who`);
  return answer.ok ? await answer.text() : `${answer.status}`;
};
const come = (expected: string): Promise<void> =>
  until(async () => (await who()) === expected, gate.said);
const said = (words: RegExp): Promise<void> =>
  until(async () => words.test(gate.said()), gate.said);

test("a backend is shown the gate's certificate, and a new one without a restart", async () => {
  assert.equal(await who(), "gate-1");
  write("gate.key", "half a key");
  await said(/not used, the old one serves: .*upstream\.tls\.key names is not a private key/);
  assert.equal(await who(), "gate-1");
  await writePair("gate", "gate-2");
  await come("gate-2");
});

test("authorities that are no longer believed close the backend, and new ones open it", async () => {
  write("authorities.pem", second.cert);
  await come("502");
  write("authorities.pem", "-----BEGIN");
  await said(/upstream\.tls\.authorities: .* holds no certificate in PEM form/);
  assert.equal(await who(), "502");
  write("authorities.pem", `${second.cert}${first.cert}`);
  await come("gate-2");
});

test("an admin port beyond loopback speaks TLS alone, and sees new certificates without a restart", async () => {
  const port = Number(/admin: https:\/\/0\.0\.0\.0:(\d+)/.exec(gate.said())?.[1]);
  const named = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, ca: first.cert }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      }).on("error", reject);
    });
  assert.equal(await named(), "admin-1");
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
  const status = (headers: Readonly<Record<string, string>>): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      httpsRequest(
        { host: "127.0.0.1", port, path: "/records", ca: first.cert, headers },
        (response) => resolve(response.resume().statusCode),
      )
        .on("error", reject)
        .end();
    });
  const credential = readFileSync(gate.adminTokenFile, "utf8").trim();
  assert.equal(await status({}), 401);
  assert.equal(await status({ Authorization: `Bearer ${credential}`, Host: "gate.internal" }), 200);
  await writePair("admin", "admin-2");
  await until(async () => (await named()) === "admin-2", gate.said);
});
