import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { after, test } from "node:test";
import { createServer, type TLSSocket } from "node:tls";
import { Connections } from "../../packages/server/src/upstream/http1/connections.ts";
import { compileTls } from "../../packages/server/src/upstream/tls-settings.ts";
import { type Issued, makeAuthority } from "../certificate-authority.ts";
import { askRaw } from "./raw-server.ts";

const ours = await makeAuthority("ours");
const closing: (() => void)[] = [];
after(() => closing.forEach((close) => close()));

const large = "x".repeat(1_000_000);

/** A backend over TLS that answers `/large` with a megabyte; it ends each connection behind it. */
async function startEncrypted(shows: Issued) {
  const resumed: boolean[] = [];
  let asked = 0;
  const server = createServer({ ...shows, minVersion: "TLSv1.2" }, (socket: TLSSocket) => {
    resumed.push(socket.isSessionReused());
    socket
      .on("error", () => socket.destroy())
      .on("data", (bytes) => {
        asked += 1;
        const body = bytes.toString("latin1").startsWith("GET /large") ? large : "ok";
        socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  closing.push(() => server.close());
  const target = `https://localhost:${(server.address() as AddressInfo).port}`;
  const texts = { authorities: [ours.cert], cert: undefined, key: undefined };
  const connections = new Connections(target, {
    connections: 1,
    connectTimeoutMs: 2000,
    bodyTimeoutMs: 2000,
    tls: compileTls(target, { plan: { serverName: undefined, pins: [] }, texts }),
  });
  closing.push(() => void connections.close());
  return { connections, resumed, asked: () => asked };
}

test("over TLS answers of any size are read whole, and later connections resume the session of the first", async () => {
  const { connections, resumed } = await startEncrypted(await ours.issue({ names: ["localhost"] }));
  for (const target of ["/large", "/small", "/large"]) {
    const { body, failed } = await askRaw(connections, { target });
    assert.equal(failed, undefined);
    assert.equal(body, target === "/large" ? large : "ok");
  }
  assert.equal(resumed[0], false);
  assert.ok(resumed.includes(true), "no session was resumed");
});

test("a backend that has shown a certificate for another name is refused as often as it is asked, and is told nothing", async () => {
  const { asked, connections, resumed } = await startEncrypted(
    await ours.issue({ names: ["elsewhere"] }),
  );
  for (let tries = 0; tries < 4; tries += 1) {
    const { detail, failed } = await askRaw(connections);
    assert.equal(failed, "unsent");
    assert.match(detail, /its certificate is for another name/);
  }
  assert.equal(asked(), 0);
  assert.ok(!resumed.includes(true));
});
