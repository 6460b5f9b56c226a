import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { connect as http2Connect } from "node:http2";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { codeOf, type SmallGate, startSmallGate } from "./small-gate.ts";

let small: SmallGate;
before(async () => {
  small = await startSmallGate();
});
after(() => small.close());

test("a declared request passes over TLS 1.3, and the backend sees what the gate vouches for", async () => {
  const got = await small.send("/v1/rates?of=EUR", {
    headers: {
      "Portcullis-Identity": "forged",
      "X-Forwarded-For": "198.51.100.7",
      "X-Kept": "yes",
    },
  });
  assert.equal(got.status, 200);
  assert.equal(got.headers["server"], undefined);
  const last = small.seen.at(-1);
  assert.equal(last?.url, "/v1/rates?of=EUR");
  assert.equal(last?.headers["portcullis-identity"], undefined);
  assert.equal(last?.headers["x-forwarded-for"], "127.0.0.1");
  assert.equal(last?.headers["x-kept"], "yes");
  assert.match(String(last?.headers["traceparent"]), /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test("the same over HTTP/2, with a body streamed through", async () => {
  const session = http2Connect(`https://127.0.0.1:${small.gate.port}`, {
    ca: small.gate.ca,
    servername: "localhost",
  });
  const body = await new Promise<string>((resolve, reject) => {
    const stream = session.request({
      ":method": "POST",
      ":path": "/v1/echo",
      "content-type": "application/octet-stream",
    });
    let text = "";
    stream
      .setEncoding("utf8")
      .on("data", (part: string) => (text += part))
      .on("end", () => resolve(text))
      .on("error", reject);
    for (let part = 0; part < 64; part += 1) stream.write(Buffer.alloc(16_384, part));
    stream.end();
  });
  session.close();
  assert.deepEqual(JSON.parse(body), { bytes: 64 * 16_384 });
});

test("what no document names, and what nobody wrote a rule for, does not reach the backend", async () => {
  const seenBefore = small.seen.length;
  assert.equal(codeOf(await small.send("/v1/debug/env")), "operation-unknown");
  const wrongMethod = await small.send("/v1/rates", { method: "DELETE" });
  assert.equal(codeOf(wrongMethod), "method-not-allowed");
  assert.equal(wrongMethod.headers["allow"], "GET, HEAD");
  assert.equal(codeOf(await small.send("/v1/forgotten")), "rule-missing");
  const anonymous = await small.send("/v1/accounts/7");
  assert.equal(anonymous.status, 401);
  assert.equal(anonymous.headers["www-authenticate"], "Bearer");
  assert.equal(small.seen.length, seenBefore);
});

test("each request leaves one record that names the template, never the path or a token", async () => {
  const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
  await small.send("/v1/accounts/secret-account-id", {
    headers: {
      traceparent: `00-${traceId}-00f067aa0ba902b7-01`,
      Authorization: "Bearer secret-token",
    },
  });
  const token = readFileSync(small.gate.adminTokenFile, "utf8").trim();
  const deadline = Date.now() + 5000;
  let records: { operation: string; code: string; path: string }[] = [];
  while (records.length === 0 && Date.now() < deadline) {
    const answer = await fetch(
      `http://127.0.0.1:${small.gate.adminPort}/records?traceId=${traceId}`,
      {
        headers: { Authorization: `Bearer ${token}` },
      },
    );
    const body = await answer.text();
    assert.doesNotMatch(body, /secret/);
    records = (JSON.parse(body) as { items: typeof records }).items;
  }
  assert.equal(records.length, 1);
  assert.deepEqual(
    [records[0]?.operation, records[0]?.code, records[0]?.path],
    ["getAccount", "credential-missing", "/v1/accounts/{id}"],
  );
});

test("keys and tokens of the first start are readable by their owner only", () => {
  for (const name of ["local-tls.key", "admin-token"])
    assert.equal(statSync(join(small.state, name)).mode & 0o777, 0o600, name);
});
