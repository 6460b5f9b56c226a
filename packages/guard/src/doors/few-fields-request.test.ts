import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, IncomingMessage, type Server } from "node:http";
import { type AddressInfo, connect, Socket } from "node:net";
import { afterEach, test } from "node:test";
import { FewFieldsRequest } from "./few-fields-request.ts";
import { WholeResponse } from "./whole-response.ts";

const names = ["host", "expect", "te", "content-length", "transfer-encoding", "x-forwarded-for"];

const sent: readonly (readonly string[])[] = [
  [],
  ["Host", "a.example"],
  ["HOST", "a.example", "host", "b.example"],
  ["Host", "", "Host", "b.example"],
  ["Expect", "100-continue", "expect", "a-miracle"],
  ["Content-Length", "5", "content-length", "6"],
  ["Transfer-Encoding", "chunked", "transfer-encoding", "gzip"],
  ["TE", "trailers", "te", "chunked"],
  ["X-Forwarded-For", "192.0.2.1", "x-forwarded-for", "198.51.100.7"],
  ["X-Forwarded-Fox", "192.0.2.1", "Hosts", "b", "Hast", "c", "__proto__", "d"],
  ["Cookie", "a=1", "Accept", "application/json", "Host", "c.example"],
];

test("fields that node:http asks for are read as node:http reads them", () => {
  for (const rawHeaders of sent) {
    const [few, whole] = [new FewFieldsRequest(new Socket()), new IncomingMessage(new Socket())];
    // As its parser hands them over.
    for (const one of [few, whole])
      (
        one as unknown as { _addHeaderLines(all: readonly string[], count: number): void }
      )._addHeaderLines([...rawHeaders], rawHeaders.length);
    for (const name of names) {
      assert.equal(few.headers[name], whole.headers[name], `${name} of ${rawHeaders.join(" ")}`);
      assert.equal(name in few.headers, name in whole.headers);
    }
  }
});

const opened: Server[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) {
    one.closeAllConnections();
    one.close();
  }
});

async function answersTo(bytes: string): Promise<string> {
  const server = createServer(
    {
      IncomingMessage: FewFieldsRequest,
      ServerResponse: WholeResponse,
      optimizeEmptyRequests: true,
    },
    (request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      const answer = (): void =>
        response.writeWhole(
          200,
          ["Content-Length", String(`${request.url}${body}`.length)],
          `${request.url}${body}`,
        );
      if (request.method === "GET") answer();
      else request.on("end", answer);
    },
  );
  opened.push(server);
  await once(server.listen(0, "127.0.0.1"), "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.end(bytes);
  let said = "";
  for await (const part of socket) said += String(part);
  return said;
}

test("a request without a Host is refused, and one that expects too much too", async () => {
  assert.match(await answersTo("GET / HTTP/1.1\r\n\r\n"), /^HTTP\/1\.1 400 /);
  const expecting = "GET / HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\n\r\n";
  assert.match(await answersTo(expecting), /^HTTP\/1\.1 417 /);
});

test("requests behind one another are told apart, with bodies and without", async () => {
  const said = await answersTo(
    "GET /one HTTP/1.1\r\nHost: a\r\n\r\n" +
      "POST /two HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody" +
      "POST /three HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n" +
      "GET /four HTTP/1.1\r\nHost: a\r\n\r\n",
  );
  assert.deepEqual(
    [...said.matchAll(/\r\n\r\n(\/[a-z]*?)(?:HTTP|$)/g)].map(([, path]) => path),
    ["/one", "/twobody", "/threebody", "/four"],
  );
});
