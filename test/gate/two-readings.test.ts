import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { connect as tlsConnect } from "node:tls";
import { codeOf, type SmallGate, startSmallGate } from "./small-gate.ts";

let small: SmallGate;
before(async () => {
  small = await startSmallGate();
});
after(() => small.close());

/** Bytes as no client library would send them. */
function raw(text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = tlsConnect(
      {
        host: "127.0.0.1",
        port: small.gate.port,
        ca: small.gate.ca,
        servername: "localhost",
        ALPNProtocols: ["http/1.1"],
      },
      () => socket.write(text),
    );
    let answer = "";
    socket
      .setEncoding("latin1")
      .on("data", (part: string) => (answer += part))
      .on("close", () => resolve(answer))
      .on("error", () => resolve(answer));
    socket.setTimeout(5000, () => socket.destroy());
  });
}

test("a request with two readings is refused before it is routed", async () => {
  const seenBefore = small.seen.length;
  for (const path of [
    "/v1/../admin",
    "/v1//rates",
    "/v1/%2e%2e/rates",
    "/v1/rates%2f",
    "/v1/rates;x=1",
    "/v1/rates%00",
    "/v1/%c0%af",
  ])
    assert.equal(codeOf(await small.send(path)), "path-malformed", path);
  assert.equal(
    codeOf(await small.send("/v1/rates", { headers: { Portcullis_Identity: "forged" } })),
    "header-malformed",
  );
  assert.equal(
    codeOf(await small.send("/v1/rates", { headers: { Connection: "authorization" } })),
    "header-malformed",
  );
  assert.equal(small.seen.length, seenBefore);
});

test("framing that two parsers could read differently is refused, and nothing reaches the backend", async () => {
  const seenBefore = small.seen.length;
  const start = "POST /v1/echo HTTP/1.1\r\nHost: localhost\r\n";
  const attacks: Readonly<Record<string, string>> = {
    "length and chunked": `${start}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    "two lengths": `${start}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde`,
    "negative length": `${start}Content-Length: -1\r\n\r\n`,
    "unknown coding": `${start}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    "obs-fold": `${start}X-A: b\r\n c\r\nContent-Length: 0\r\n\r\n`,
    "bare LF": "GET /v1/rates HTTP/1.1\nHost: localhost\n\n",
    "space before colon": `${start}Content-Length : 0\r\n\r\n`,
    "NUL in a value": `${start}X-A: b\u0000c\r\nContent-Length: 0\r\n\r\n`,
    "no host": "GET /v1/rates HTTP/1.1\r\n\r\n",
  };
  for (const [name, text] of Object.entries(attacks))
    assert.match(await raw(text), /^HTTP\/1\.1 4\d\d /, name);
  assert.equal(small.seen.length, seenBefore);
  assert.equal((await small.send("/v1/rates")).status, 200);
});

test("absolute and authority forms of the target are not served", async () => {
  assert.match(
    await raw(
      "GET http://evil.example/v1/rates HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ),
    /target-unsupported/,
  );
  assert.doesNotMatch(
    await raw("CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    /^HTTP\/1\.1 2/,
  );
});

test("TLS 1.2 is not spoken unless it is asked for", async () => {
  const code = await new Promise<string | undefined>((resolve) => {
    const socket = tlsConnect(
      {
        host: "127.0.0.1",
        port: small.gate.port,
        ca: small.gate.ca,
        servername: "localhost",
        maxVersion: "TLSv1.2",
      },
      () => resolve("connected"),
    );
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  assert.notEqual(code, "connected");
});
