import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { after, before, test } from "node:test";
import { WholeResponse } from "./whole-response.ts";

interface Given {
  readonly status: number;
  readonly headers: string[];
  readonly body: Buffer | string | undefined;
}

/** As any program would give it to node:http. */
class UsualResponse extends ServerResponse {
  writeWhole(status: number, headers: string[], body: Buffer | string | undefined): void {
    this.writeHead(status, headers);
    this.end(body);
  }
}

const answers = new Map<string, Given>();
const serve = (response: typeof WholeResponse | typeof UsualResponse) =>
  createServer({ ServerResponse: response }, (request, answer) => {
    const { body, headers, status } = answers.get(request.url ?? "") as Given;
    try {
      answer.writeWhole(status, [...headers], body);
    } catch {
      answer.destroy();
    }
  });
const servers = [serve(WholeResponse), serve(UsualResponse)] as const;
before(() =>
  Promise.all(servers.map((server) => once(server.listen(0, "127.0.0.1"), "listening"))),
);
after(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** What both send, in order, for the same bytes; the time of day aside. */
function sent(bytes: string): Promise<string[]> {
  return Promise.all(
    servers.map(async (server) => {
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      let said = "";
      socket.setEncoding("latin1").on("data", (part: string) => (said += part));
      socket.on("error", () => undefined);
      socket.write(bytes);
      await once(socket, "close");
      return said.replaceAll(/Date: \w{3}, [^\r]+ GMT/g, "Date: now");
    }),
  );
}

const last = "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
const json = ["Content-Type", "application/json", "X-Content-Type-Options", "nosniff"];
const long = Buffer.alloc(40_000, 0xe9);
answers.set("/last", { status: 200, headers: ["Content-Length", "4"], body: "last" });

const rows: readonly (readonly [name: string, given: Given, request?: string])[] = [
  ["bytes", { status: 200, headers: [...json, "Content-Length", "3"], body: Buffer.from("été") }],
  ["a text beyond ASCII", { status: 401, headers: [...json, "Content-Length", "5"], body: "été" }],
  ["no bytes", { status: 200, headers: [...json, "Content-Length", "0"], body: "" }],
  ["many bytes", { status: 200, headers: [...json, "Content-Length", "40000"], body: long }],
  [
    "its own Date, in any spelling",
    { status: 200, headers: ["dATE", "then", "content-length", "2"], body: "ok" },
  ],
  ["a status that nobody knows", { status: 499, headers: ["Content-Length", "2"], body: "ok" }],
  ["a length of other bytes", { status: 200, headers: ["Content-Length", "1"], body: "ok" }],
  [
    "two lengths",
    { status: 200, headers: ["Content-Length", "2", "Content-Length", "2"], body: "ok" },
  ],
  ["no length", { status: 200, headers: json, body: "ok" }],
  [
    "Connection: close",
    { status: 400, headers: ["Content-Length", "2", "Connection", "close"], body: "ok" },
  ],
  ["204", { status: 204, headers: ["A", "b"], body: undefined }],
  ["304", { status: 304, headers: ["ETag", '"a"'], body: undefined }],
  [
    "the head alone",
    { status: 200, headers: ["Content-Length", "2"], body: undefined },
    "HEAD /row HTTP/1.1\r\nHost: a\r\n\r\n",
  ],
  [
    "HTTP/1.0",
    { status: 200, headers: ["Content-Length", "2"], body: "ok" },
    "GET /row HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
  ],
  [
    "a value with a line feed",
    { status: 200, headers: ["Content-Length", "2", "A", "b\r\nC: d"], body: "ok" },
  ],
  [
    "a value that latin1 would make a line feed of",
    {
      status: 200,
      headers: ["Content-Length", "2", "A", `${"b".repeat(60)}\u010aC: d`],
      body: "ok",
    },
  ],
  [
    "a name that is none",
    { status: 200, headers: ["Content-Length", "2", "A b", "c"], body: "ok" },
  ],
];

for (const [name, given, request] of rows)
  test(`an answer that is whole leaves in the very bytes that node:http would send: ${name}`, async () => {
    answers.set("/row", given);
    const [whole, usual] = await sent(
      `${request ?? "GET /row HTTP/1.1\r\nHost: a\r\n\r\n"}${last}`,
    );
    assert.equal(whole, usual);
    assert.ok(!whole?.includes("\r\nC: d"));
  });

test("answers to requests sent ahead leave in the order of the requests", async () => {
  answers.set("/1", { status: 200, headers: ["Content-Length", "1"], body: "1" });
  answers.set("/2", { status: 200, headers: json, body: Buffer.from("2") });
  const ask = ["/1", "/2", "/1"].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join("");
  const [whole, usual] = await sent(ask + last);
  assert.equal(whole, usual);
});
