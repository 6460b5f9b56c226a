import assert from "node:assert/strict";
import { connect as http2Connect } from "node:http2";
import { request as httpsRequest } from "node:https";
import { after, before, test } from "node:test";
import { type EdgeGate, startEdgeGate } from "./edge-gate.ts";

let edge: EdgeGate;
before(async () => {
  edge = await startEdgeGate();
});
after(() => edge.close());

test("a request without a body is one over HTTP/1.1 and HTTP/2, however its end is told, and one that says nothing where none is declared is left out, and any other refused", async () => {
  const session = http2Connect(`https://localhost:${edge.gate.port}`, { ca: edge.certificate });
  const overHttp2 = (
    method: string,
    body: "with the head" | "by an empty frame" | "{}" | '{"x":1}',
  ): Promise<number> =>
    new Promise((resolve, reject) => {
      const stream = session.request(
        { ":method": method, ":path": "/bare/1" },
        { endStream: body === "with the head" },
      );
      stream
        .on("response", (headers) => resolve(Number(headers[":status"])))
        .on("error", reject)
        .resume();
      if (body === "by an empty frame") stream.end();
      else if (body !== "with the head") stream.end(body);
    });
  const overHttp1 = async (
    method: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<number> =>
    (await edge.send("/bare/1", { method, headers, ...(body === undefined ? {} : { body }) }))
      .status;
  for (const end of ["with the head", "by an empty frame"] as const) {
    assert.equal(await overHttp2("DELETE", end), 200, `DELETE ended ${end}`);
    assert.equal(await overHttp2("POST", end), 200, `POST ended ${end}`);
    assert.equal(await overHttp2("PUT", end), 400, `PUT ended ${end}`);
  }
  assert.equal(await overHttp2("DELETE", "{}"), 200);
  assert.equal(await overHttp2("DELETE", '{"x":1}'), 400);
  assert.equal(await overHttp2("POST", "{}"), 415);
  session.close();
  assert.equal(await overHttp1("DELETE", {}), 200);
  assert.equal(await overHttp1("DELETE", { "Transfer-Encoding": "chunked" }), 200);
  assert.equal(await overHttp1("POST", { "Transfer-Encoding": "chunked" }), 200);
  for (const [body, status] of [
    ["{}", 200],
    ['{"x":1}', 400],
    ["{}".padEnd(100), 400],
  ] as const) {
    const length = { "Content-Length": String(body.length) };
    assert.equal(await overHttp1("DELETE", { "Transfer-Encoding": "chunked" }, body), status);
    assert.equal(await overHttp1("DELETE", length, body), status, body);
  }
});

test("trailers reach the app", async () => {
  assert.deepEqual(
    { ...(await edge.send("/trailers", { headers: { TE: "trailers" } })).trailers },
    { "x-checksum": "abc" },
  );
});

test("a caller that waits for leave is told to go on, or refused before it sends a byte", async () => {
  const waits = (path: string, headers: Record<string, string>): Promise<string> =>
    new Promise((resolve, reject) => {
      let continued = false;
      const outgoing = httpsRequest(
        {
          host: "127.0.0.1",
          port: edge.gate.port,
          path,
          ca: edge.certificate,
          servername: "localhost",
          method: "POST",
          headers: { Expect: "100-continue", ...headers },
        },
        (response) => {
          response
            .resume()
            .on("end", () => resolve(`${continued ? "continued " : ""}${response.statusCode}`));
        },
      ).on("error", reject);
      outgoing.on("continue", () => {
        continued = true;
        outgoing.end("{}");
      });
      outgoing.flushHeaders();
    });
  assert.equal(
    await waits("/json", { "Content-Type": "application/json", "Content-Length": "2" }),
    "continued 200",
  );
  assert.equal(
    await waits("/bytes", { "Content-Type": "image/png", "Content-Length": "2" }),
    "continued 200",
  );
  assert.equal(
    await waits("/json", { "Content-Type": "application/json", "Content-Length": "5000" }),
    "413",
  );
  assert.equal(
    await waits("/nothing", { "Content-Type": "application/json", "Content-Length": "2" }),
    "404",
  );
});
