import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { createServer } from "node:tls";
import { http2Transport } from "../../packages/server/src/upstream/http2-transport.ts";
import { Sessions } from "../../packages/server/src/upstream/http2/sessions.ts";
import { compileTls } from "../../packages/server/src/upstream/tls-settings.ts";
import { type Issued, makeAuthority } from "../certificate-authority.ts";
import { askStream } from "./stream-server.ts";

const ours = await makeAuthority("ours");
const closing: (() => unknown)[] = [];
after(() => closing.forEach((close) => close()));

const optionsFor = (target: string) => ({
  connections: 10,
  connectTimeoutMs: 2000,
  bodyTimeoutMs: 2000,
  tls: compileTls(
    target,
    {
      plan: { serverName: undefined, pins: [] },
      texts: { authorities: [ours.cert], cert: undefined, key: undefined },
    },
    "h2",
  ),
});

async function startEncrypted(shows: Issued) {
  const offered: (string | false | null)[] = [];
  const paths: (string | undefined)[] = [];
  const server = createSecureServer(shows);
  server.on("secureConnection", ({ alpnProtocol }) => offered.push(alpnProtocol));
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    paths.push(`${headers[":scheme"]} ${headers[":path"]}`);
    stream.respond({ ":status": headers[":path"] === "/unwell" ? 503 : 200 });
    stream.end("ok");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(() => server.close());
  const target = `https://localhost:${(server.address() as AddressInfo).port}`;
  return { offered, paths, target };
}

test("over TLS HTTP/2 is asked for by ALPN, and the health check speaks it too", async () => {
  const { offered, paths, target } = await startEncrypted(
    await ours.issue({ names: ["localhost"] }),
  );
  const sessions = new Sessions(target, optionsFor(target));
  assert.equal((await askStream(sessions)).body, "ok");
  await sessions.close();
  const transport = http2Transport(target, optionsFor(target));
  assert.equal(await transport.probe("/well", 2000), 200);
  assert.equal(await transport.probe("/unwell", 2000), 503);
  await transport.close();
  assert.deepEqual(paths, ["https /x", "https /well", "https /unwell"]);
  assert.deepEqual(offered, ["h2", "h2"]);
  const elsewhere = http2Transport("http://127.0.0.1:9", { ...optionsFor(target), tls: undefined });
  await assert.rejects(elsewhere.probe("/well", 2000));
  await elsewhere.close();
});

test("a backend that has shown a certificate for another name is told nothing", async () => {
  const { paths, target } = await startEncrypted(await ours.issue({ names: ["elsewhere"] }));
  const sessions = new Sessions(target, optionsFor(target));
  for (let tries = 0; tries < 3; tries += 1) {
    const { detail, failed } = await askStream(sessions);
    assert.equal(failed, "unsent");
    assert.match(detail, /its certificate is for another name/);
  }
  assert.deepEqual(paths, []);
  await sessions.close();
});

test("a backend that does not offer HTTP/2 is told nothing", async () => {
  let bytes = 0;
  const server = createServer(await ours.issue({ names: ["localhost"] }), (socket) => {
    socket.on("data", (part: Buffer) => (bytes += part.length)).on("error", () => undefined);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(() => server.close());
  const target = `https://localhost:${(server.address() as AddressInfo).port}`;
  const sessions = new Sessions(target, optionsFor(target));
  const { detail, failed } = await askStream(sessions);
  assert.equal(failed, "unsent");
  assert.match(detail, /does not offer HTTP\/2/);
  assert.equal(bytes, 0);
  await sessions.close();
});
