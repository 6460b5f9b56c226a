import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { afterEach, test } from "node:test";
import { freePort } from "../../../../test/parts/free-port.ts";
import { claimPort, type PortClaim } from "./port-claim.ts";

const mend = "choose another with --port";
const open: Server[] = [];
const claims: PortClaim[] = [];
afterEach(async () => {
  for (const claim of claims.splice(0)) claim.release();
  for (const server of open.splice(0)) await new Promise((resolve) => server.close(resolve));
});

/** What a gate does: it claims its port, and its threads listen in a way that lets others share. */
async function serve(host: string, port: number, share = false): Promise<void> {
  claims.push(await claimPort({ host, port, share, mend }));
  await listen(host, port, true);
}

async function listen(host: string, port: number, reusePort: boolean): Promise<void> {
  const server = createServer().listen({ host, port, reusePort });
  await once(server, "listening");
  open.push(server);
}

/** Addresses that are the same, or of which one takes callers of the other. */
const overlapping: readonly (readonly [string, string])[] = [
  ["127.0.0.1", "127.0.0.1"],
  ["127.0.0.1", "0.0.0.0"],
  ["0.0.0.0", "127.0.0.1"],
  ["0.0.0.0", "0.0.0.0"],
  ["127.0.0.1", "::"],
  ["::", "127.0.0.1"],
  ["::", "0.0.0.0"],
  ["0.0.0.0", "::"],
  ["::1", "::"],
  ["::", "::1"],
];

for (const [host, other] of overlapping)
  for (const share of [false, true])
    test(`where a gate serves on ${host}, one on ${other} that would ${share ? "" : "not "}share is refused`, async () => {
      const port = await freePort();
      await serve(host, port);
      await assert.rejects(claimPort({ host: other, port, share, mend }), /is already served by/);
    });

test("gates that all share are let in, and who does not share is not", async () => {
  const port = await freePort();
  await serve("127.0.0.1", port, true);
  await serve("127.0.0.1", port, true);
  await assert.rejects(
    claimPort({ host: "127.0.0.1", port, share: false, mend }),
    /by another process\. To see which: ss -ltnp .*choose another with --port/,
  );
});

test("on addresses that do not overlap, each has a port of its own", async () => {
  const port = await freePort();
  await serve("127.0.0.1", port);
  await serve("127.0.0.2", port);
});

test("a claim keeps others away while nobody listens, names its process, and ends when it is released", async () => {
  const port = await freePort();
  const first = await claimPort({ host: "127.0.0.1", port, share: false, mend });
  await assert.rejects(
    claimPort({ host: "127.0.0.1", port, share: false, mend }),
    new RegExp(`another gate \\(process ${process.pid}\\)\\. Stop that one first, or ${mend}`),
  );
  first.release();
  claims.push(await claimPort({ host: "127.0.0.1", port, share: false, mend }));
});

test("another program's port is refused, and any free one is not asked for", async () => {
  const port = await freePort();
  await listen("127.0.0.1", port, false);
  await assert.rejects(
    claimPort({ host: "127.0.0.1", port, share: "never", mend }),
    /by another process\. To see which/,
  );
  claims.push(await claimPort({ host: "127.0.0.1", port: 0, share: false, mend }));
});

test("an address that this machine does not have is named", async () => {
  const port = await freePort();
  await assert.rejects(
    claimPort({ host: "192.0.2.7", port, share: false, mend }),
    /192\.0\.2\.7 is no address of this machine/,
  );
});
