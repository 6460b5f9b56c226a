import assert from "node:assert/strict";
import { once } from "node:events";
import {
  connect,
  constants,
  createServer,
  type ClientHttp2Session,
  type ClientHttp2Stream,
  type Http2Server,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import type { Arrival } from "../facts/arrival.ts";
import { type Answer, breakOff } from "../journey/answer.ts";
import { nodeHttp2Door, StreamArrival } from "./node-http2.ts";
import { StreamAnswer } from "./stream-answer.ts";

type Handle = (arrival: Arrival, answer: Answer) => void;

const opened: (ClientHttp2Session | Http2Server)[] = [];
afterEach(() => {
  for (const one of opened.splice(0).toReversed()) one.close();
});

/** A door with something in place of the gate behind it, and a client before it. */
async function behindDoor(handle: Handle): Promise<ClientHttp2Session> {
  const door = nodeHttp2Door({ handle });
  const server = createServer().on("stream", (stream: ServerHttp2Stream, headers, _flags, raw) =>
    door(new StreamArrival(stream, headers, raw), new StreamAnswer(stream)),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  opened.push(server, client);
  await once(client, "connect");
  return client;
}

interface Told {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
  readonly trailers: OutgoingHttpHeaders | undefined;
  readonly rstCode: number;
}

function told(stream: ClientHttp2Stream): Promise<Told> {
  return new Promise((resolve) => {
    let [headers, body]: [OutgoingHttpHeaders, string] = [{}, ""];
    let trailers: OutgoingHttpHeaders | undefined;
    stream
      .setEncoding("utf8")
      .on("response", (got) => (headers = got))
      .on("trailers", (got) => (trailers = got))
      .on("data", (part: string) => (body += part))
      .on("error", () => undefined)
      .on("close", () =>
        resolve({
          status: Number(headers[":status"]),
          headers,
          body,
          trailers,
          rstCode: stream.rstCode,
        }),
      );
  });
}

const ask = (client: ClientHttp2Session, headers: OutgoingHttpHeaders = {}): Promise<Told> =>
  told(client.request({ ":path": "/", ...headers }));

const wholes: Readonly<Record<string, readonly [number, Buffer | string | undefined, string]>> = {
  "a text": [200, "ø", "ø"],
  bytes: [404, Buffer.from("bytes"), "bytes"],
  "a large body": [200, Buffer.alloc(300_000, "x"), "x".repeat(300_000)],
  "an empty body": [200, Buffer.alloc(0), ""],
  "no body": [304, undefined, ""],
  "no content": [204, "", ""],
};

for (const [what, [status, body, text]] of Object.entries(wholes))
  test(`${what} leaves whole, with lowercase names and one date`, async () => {
    const client = await behindDoor((_arrival, answer) =>
      answer.writeWhole?.(status, ["X-One", "1", "Set-Cookie", "a=1", "Set-Cookie", "b=2"], body),
    );
    const got = await ask(client);
    assert.deepEqual([got.status, got.body, got.rstCode], [status, text, 0]);
    assert.deepEqual([got.headers["x-one"], got.headers["set-cookie"]], ["1", ["a=1", "b=2"]]);
    assert.equal(typeof got.headers["date"], "string");
  });

test("what comes in parts leaves in parts, with its trailers behind it", async () => {
  const client = await behindDoor((_arrival, answer) => {
    answer.writeHead(200, ["Content-Type", "text/plain"]);
    answer.write(Buffer.from("one "));
    answer.addTrailers?.({ "x-sum": "a" });
    answer.end(Buffer.from("two"));
  });
  const { body, trailers } = await ask(client);
  assert.deepEqual([body, trailers?.["x-sum"]], ["one two", "a"]);
});

test("trailers that cannot be sent break off their own stream, and no other", async () => {
  let asked = 0;
  const client = await behindDoor((_arrival, answer) => {
    asked += 1;
    answer.writeHead(200, []);
    answer.addTrailers?.(asked === 1 ? { connection: "close" } : {});
    answer.end(Buffer.from("body"));
  });
  assert.notEqual((await ask(client)).rstCode, 0);
  assert.deepEqual((await ask(client)).body, "body");
});

test("tunnels and expectations that nobody knows are refused at the door", async () => {
  let handled = 0;
  const client = await behindDoor((_arrival, answer) => {
    handled += 1;
    answer.writeWhole?.(200, [], "passed");
  });
  const tunnel = client.request({ ":method": "CONNECT", ":authority": "other.example:443" });
  assert.equal((await told(tunnel)).status, 405);
  assert.equal((await ask(client, { expect: "a-miracle" })).status, 417);
  assert.equal(handled, 0);
});

test("who waits for leave to send a body is given it when the body is asked for, once", async () => {
  const client = await behindDoor((arrival, answer) => {
    arrival.allowBody?.();
    arrival.allowBody?.();
    arrival.body.on("data", () => undefined).on("end", () => answer.writeWhole?.(200, [], "got"));
  });
  const stream = client.request({ ":path": "/", ":method": "POST", expect: "100-continue" });
  let allowed = 0;
  stream.on("continue", () => {
    allowed += 1;
    stream.end("body");
  });
  assert.equal((await told(stream)).body, "got");
  assert.equal(allowed, 1);
});

test("an answer has not ended before it is given, to a HEAD as little as to a GET", async () => {
  for (const method of ["GET", "HEAD"]) {
    const seen = new Promise<readonly boolean[]>((resolve) => {
      void behindDoor((_arrival, answer) => {
        const before = answer.writableEnded;
        answer.once("close", () => resolve([before, answer.writableEnded]));
      }).then((client) => {
        const stream = client.request({ ":path": "/", ":method": method });
        stream.on("error", () => undefined);
        setImmediate(() => stream.close(constants.NGHTTP2_CANCEL));
      });
    });
    assert.deepEqual(await seen, [false, false], method);
  }
});

test("a body that breaks off does not end, and who reads it is told", async () => {
  const events: string[] = [];
  const { promise: isOver, resolve: over } = Promise.withResolvers<void>();
  const breaking: { client?: ClientHttp2Session } = {};
  breaking.client = await behindDoor((arrival) => {
    arrival.body
      .on("data", (part: Buffer) => {
        events.push(part.toString());
        breaking.client?.destroy();
      })
      .on("end", () => events.push("end"))
      .on("close", () => {
        events.push("close");
        over();
      });
  });
  const stream = breaking.client.request({ ":path": "/", ":method": "POST" });
  stream.on("error", () => undefined).write("half");
  await isOver;
  assert.deepEqual(events, ["half", "close"]);
});

test("an answer leaves though whoever read the body has destroyed it", async () => {
  const client = await behindDoor((arrival, answer) => {
    arrival.body.once("data", () => {
      arrival.body.destroy();
      answer.writeWhole?.(502, [], "the backend is gone");
    });
  });
  const stream = client.request({ ":path": "/", ":method": "POST" });
  stream.end(Buffer.alloc(20_000));
  assert.equal((await told(stream)).body, "the backend is gone");
});

test("a request without a body has one that is empty", async () => {
  const client = await behindDoor((arrival, answer) => {
    let bytes = 0;
    arrival.body
      .on("data", (part: Buffer) => (bytes += part.length))
      .on("end", () => answer.writeWhole?.(200, [], `${bytes} ${arrival.endsWithHead}`));
  });
  assert.equal((await ask(client)).body, "0 true");
});

test("an answer that is broken off is no whole one, and what is written after it goes nowhere", async () => {
  const client = await behindDoor((_arrival, answer) => {
    answer.writeHead(200, ["Content-Length", "8"]);
    answer.write(Buffer.from("half"));
    breakOff(answer);
    answer.write(Buffer.from("more"));
    answer.end();
  });
  assert.notEqual((await ask(client)).rstCode, 0);
});
