import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { connect as http2Connect } from "node:http2";
import { request } from "node:https";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext } from "node:test";
import { connect as tlsConnect, type TLSSocket } from "node:tls";
import { selfSigned } from "../certificate.ts";
import { freePort } from "../parts/free-port.ts";
import { test } from "../parts/test.ts";
import { type FieldGate, headOf, listening, startFieldGate, valuesOf } from "./field-gate.ts";

const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");

/** A header that speaks for 198.51.100.7, or for 2001:db8::7. */
const overIpv4 = header("2111", "c6336407 0a000001 e000 01bb");
const overIpv6 = header(
  "2121",
  "20010db8000000000000000000000007 20010db8000000000000000000000001 e000 01bb",
);
const forItself = header("2000", "");

function header(kind: string, addresses: string): Buffer {
  const rest = Buffer.from(addresses.replaceAll(" ", ""), "hex");
  const length = Buffer.alloc(2);
  length.writeUInt16BE(rest.length);
  return Buffer.concat([signature, Buffer.from(kind, "hex"), length, rest]);
}

const plain = Buffer.from(headOf("GET /plain", ["X-Forwarded-For", "203.0.113.1"]));

async function gateWith(
  context: TestContext,
  trusted: string,
  listen = listening(", proxyProtocol: true"),
): Promise<FieldGate> {
  const gate = await startFieldGate(`trustedProxies: [${trusted}]\n${listen}`);
  context.after(() => gate.close());
  return gate;
}

const callers = (gate: FieldGate): string[] =>
  gate.received().flatMap((one) => valuesOf(one, "x-forwarded-for"));

test("the address in a trusted proxy's header is the peer's, however the bytes arrive", async (_, context) => {
  const gate = await gateWith(context, "127.0.0.1");
  const whole = Buffer.concat([overIpv4, plain]);
  const arrivals: readonly (readonly Buffer[])[] = [
    [whole],
    [overIpv4, plain],
    [whole.subarray(0, 5), whole.subarray(5)],
    [whole.subarray(0, overIpv4.length + 9), whole.subarray(overIpv4.length + 9)],
    [...Array.from(overIpv4, (byte) => Buffer.from([byte])), plain],
  ];
  for (const [index, parts] of arrivals.entries()) {
    assert.equal((await gate.send(parts)).status, 200, String(index));
    // It is no trusted proxy, and so is not believed about another.
    assert.deepEqual(callers(gate), ["198.51.100.7"], String(index));
  }
  assert.equal((await gate.send([Buffer.concat([overIpv6, plain])])).status, 200);
  assert.deepEqual(callers(gate), ["2001:db8::7"]);
  // What a proxy says for itself has its own address, which is believed about others.
  assert.equal((await gate.send([Buffer.concat([forItself, plain])])).status, 200);
  assert.deepEqual(callers(gate), ["203.0.113.1"]);
});

test("a connection is its caller's for all its requests", async (_, context) => {
  const gate = await gateWith(context, "127.0.0.1");
  const kept = Buffer.from(headOf("GET /plain", ["Connection", "keep-alive"]));
  await gate.send([Buffer.concat([overIpv4, kept, plain])]);
  await gate.send([overIpv4, kept, plain]);
  const seen = callers(gate);
  assert.ok(seen.length >= 2);
  assert.deepEqual([...new Set(seen)], ["198.51.100.7"]);
});

test("a connection of a trusted proxy without a well-formed header is closed, and nothing is served on it", async (_, context) => {
  const gate = await gateWith(context, "127.0.0.1");
  const attempts = [
    plain,
    Buffer.concat([Buffer.from("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n"), plain]),
    Buffer.concat([header("1111", "c6336407 0a000001 e000 01bb"), plain]),
    Buffer.concat([header("2112", "c6336407 0a000001 e000 01bb"), plain]),
    Buffer.concat([header("2111", "c6336407"), plain]),
    // It begins well, and never ends.
    overIpv4.subarray(0, 20),
    Buffer.alloc(0),
  ];
  const answers = await Promise.all(attempts.map((bytes) => gate.send([bytes])));
  assert.deepEqual(
    answers.map(({ status }) => status),
    attempts.map(() => 0),
  );
  assert.deepEqual(gate.received(), []);
  assert.equal((await gate.send([Buffer.concat([overIpv4, plain])])).status, 200);
});

test("from anybody else a header is not believed", async (_, context) => {
  const gate = await gateWith(context, "10.0.0.1");
  assert.notEqual((await gate.send([Buffer.concat([overIpv4, plain])])).status, 200);
  assert.deepEqual(gate.received(), []);
  assert.equal((await gate.send([plain])).status, 200);
  assert.deepEqual(callers(gate), ["127.0.0.1"]);
});

test("the header stands before TLS, for HTTP/1.1 and HTTP/2", async (_, context) => {
  const directory = mkdtempSync(join(tmpdir(), "portcullis-proxied-"));
  const { certificate, key } = await selfSigned("proxied");
  writeFileSync(join(directory, "tls.crt"), certificate);
  writeFileSync(join(directory, "tls.key"), key);
  const gate = await gateWith(
    context,
    "127.0.0.1",
    `listen: { host: 127.0.0.1, port: 0, threads: 1, proxyProtocol: true, tls: { cert: "${directory}/tls.crt", key: "${directory}/tls.key" } }`,
  );
  const { port } = gate.gate;
  assert.equal(await overHttp1(await secured(port, overIpv4, "http/1.1", certificate)), 200);
  assert.deepEqual(callers(gate), ["198.51.100.7"]);
  const socket = await secured(port, overIpv6, "h2", certificate);
  assert.deepEqual(await overHttp2(socket, 3), [200, 200, 200]);
  assert.deepEqual(callers(gate), ["2001:db8::7", "2001:db8::7", "2001:db8::7"]);
});

/** A connection whose header comes in one packet with the beginning of TLS. */
function secured(port: number, start: Buffer, protocol: string, ca: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: "127.0.0.1", port }, () => {
      socket.cork();
      socket.write(start);
      const over = tlsConnect(
        { socket, ca, servername: "localhost", ALPNProtocols: [protocol] },
        () => resolve(over),
      ).on("error", reject);
      setImmediate(() => socket.uncork());
    }).on("error", reject);
  });
}

const overHttp1 = (socket: TLSSocket): Promise<number> =>
  new Promise((resolve, reject) => {
    request({ createConnection: () => socket, path: "/plain", host: "localhost" }, (response) => {
      response.resume().on("end", () => {
        socket.destroy();
        resolve(response.statusCode ?? 0);
      });
    })
      .on("error", reject)
      .end();
  });

async function overHttp2(socket: TLSSocket, requests: number): Promise<number[]> {
  const session = http2Connect("https://localhost", { createConnection: () => socket });
  const statuses: number[] = [];
  for (let index = 0; index < requests; index += 1)
    statuses.push(
      await new Promise((resolve, reject) => {
        session
          .request({ ":path": "/plain" })
          .on("response", (fields) => resolve(Number(fields[":status"])))
          .on("error", reject)
          .resume();
      }),
    );
  session.destroy();
  socket.destroy();
  return statuses;
}

test("HAProxy's own header is understood", { needs: ["haproxy"] }, async ({ haproxy }, context) => {
  const gate = await gateWith(context, "127.0.0.1");
  const port = await freePort();
  const file = join(mkdtempSync(join(tmpdir(), "portcullis-haproxy-")), "haproxy.cfg");
  writeFileSync(
    file,
    `defaults
  mode tcp
  timeout connect 5s
  timeout client 10s
  timeout server 10s
frontend app
  bind 127.0.0.1:${port}
  default_backend gate
backend gate
  server gate 127.0.0.1:${gate.gate.port} send-proxy-v2
`,
  );
  const child = spawn(haproxy, ["-f", file, "-db"], { stdio: "ignore" });
  context.after(() => child.kill("SIGKILL"));
  // A caller of another address than the proxy's own.
  const ask = (): Promise<string> =>
    new Promise((resolve) => {
      let answer = "";
      const socket = connect({ host: "127.0.0.1", port, localAddress: "127.0.0.2" }, () =>
        socket.write(plain),
      );
      socket
        .setEncoding("latin1")
        .on("data", (part: string) => (answer += part))
        .on("error", () => resolve(""))
        .on("close", () => resolve(answer));
    });
  let answer = "";
  for (let tries = 0; tries < 100 && answer === ""; tries += 1) {
    answer = await ask();
    if (answer === "") await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.match(answer, /^HTTP\/1\.1 200 /);
  assert.deepEqual(callers(gate), ["127.0.0.2"]);
});
