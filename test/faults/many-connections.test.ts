import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { ask, http2Session, startSlowGate } from "./slow-gate.ts";

const within = { timeout: 60_000 };
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 500));

/** Connections that say nothing, and how many of them are open. */
async function idleConnections(port: number, count: number) {
  let open = 0;
  const sockets = Array.from({ length: count }, () => {
    const socket: Socket = connect(port, "127.0.0.1");
    return socket
      .on("error", () => undefined)
      .on("connect", () => (open += 1))
      .on("close", () => (open -= 1))
      .resume();
  });
  await settled();
  return {
    open: () => open,
    close: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
}

for (const key of ["most", "perAddress"])
  test(
    `who comes has a place, and who has long asked nothing gives it: ${key}`,
    within,
    async () => {
      const { close, gate } = await startSlowGate(`connections: { ${key}: 20 }`);
      try {
        const busy = http2Session(gate);
        const events = new Promise<string>((resolve) => {
          let text = "";
          busy
            .request({ ":path": "/events" })
            .setEncoding("utf8")
            .on("data", (part: string) => (text += part))
            .on("end", () => resolve(text));
        });
        await settled();
        const idle = await idleConnections(gate.port, 200);
        assert.ok(idle.open() <= 19, `${idle.open()} are open`);
        assert.deepEqual(
          new Set(await Promise.all([ask(gate), ask(gate), ask(gate)])),
          new Set([200]),
        );
        assert.equal(
          await events,
          "data: one\n\ndata: two\n\n",
          "what is underway keeps its place",
        );
        idle.close();
        busy.destroy();
      } finally {
        close();
      }
    },
  );

test("connections of a trusted proxy are not counted", within, async () => {
  const { close, gate } = await startSlowGate("connections: { most: 5, perAddress: 5 }", {
    more: "trustedProxies: [127.0.0.1]",
  });
  try {
    const idle = await idleConnections(gate.port, 50);
    assert.equal(idle.open(), 50);
    idle.close();
  } finally {
    close();
  }
});

test("with more connections than descriptors, callers are still served", within, async () => {
  const { close, gate } = await startSlowGate("", { descriptors: 200 });
  try {
    const idle = await idleConnections(gate.port, 400);
    assert.equal(await ask(gate), 200);
    idle.close();
  } finally {
    close();
  }
});
