import assert from "node:assert/strict";
import { Agent, request } from "node:https";
import { connect as http2Connect } from "node:http2";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { startSlowGate } from "../faults/slow-gate.ts";
import type { StartedGate } from "../../examples/harbour/gate.ts";

interface Got {
  readonly status: number | undefined;
  readonly connection: string | undefined;
}

/** What became of a request of which nothing was sent: its caller goes elsewhere at once. */
class Unsent extends Error {}

const get = ({ ca, port }: StartedGate, agent: Agent | false, path = "/fast"): Promise<Got> =>
  new Promise((resolve, reject) => {
    let isConnected = false;
    request({ host: "localhost", port, path, agent, ca }, (response) => {
      const { headers, statusCode: status } = response;
      response.resume().once("end", () => resolve({ status, connection: headers.connection }));
    })
      .on("socket", (socket: TLSSocket) => {
        isConnected = !socket.connecting;
        if (!isConnected) socket.once("secureConnect", () => (isConnected = true));
      })
      .on("error", (fault) => reject(isConnected ? fault : new Unsent(fault.message)))
      .end();
  });

const readiness = async ({ adminPort }: StartedGate): Promise<number> =>
  (await fetch(`http://127.0.0.1:${adminPort}/readyz`)).status;

/** Asks without pause, on connections that are kept, until it is told to stop. */
function busyCallers(gate: StartedGate, count: number) {
  const failed: string[] = [];
  const state = { served: 0, stopped: false };
  const worker = async (): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: gate.ca });
    while (!state.stopped) {
      try {
        const { status } = await get(gate, agent);
        if (status === 200) state.served += 1;
        else failed.push(String(status));
      } catch (fault) {
        if (fault instanceof Unsent) state.stopped = true;
        else failed.push((fault as Error).message);
      }
    }
    agent.destroy();
  };
  return { failed, state, ended: Promise.all(Array.from({ length: count }, worker)) };
}

test("while it is lame, readiness is refused, everything is served, and callers are sent away", async () => {
  const { close, gate } = await startSlowGate("lameDuck: 3s");
  try {
    const session = http2Connect(`https://localhost:${gate.port}`, { ca: gate.ca });
    const goneAway = new Promise<number>((resolve) => session.once("goaway", resolve));
    const overHttp2 = (): Promise<number> =>
      new Promise((resolve, reject) => {
        session
          .request({ ":path": "/fast" })
          .on("response", (head) => resolve(Number(head[":status"])))
          .on("error", reject)
          .resume();
      });
    const events = new Promise<string>((resolve) => {
      let text = "";
      session
        .request({ ":path": "/events" })
        .setEncoding("utf8")
        .on("data", (part: string) => (text += part))
        .on("end", () => resolve(text));
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    assert.equal((await get(gate, agent)).connection, "keep-alive");
    assert.equal(await overHttp2(), 200);
    assert.equal(await readiness(gate), 200);
    const ended = new Promise((resolve) => gate.process.once("exit", resolve));
    gate.process.kill("SIGTERM");
    assert.equal(await goneAway, 0);
    assert.equal(await readiness(gate), 503);
    // On the connection that stood, and on a new one.
    assert.deepEqual(await get(gate, agent), { status: 200, connection: "close" });
    assert.deepEqual(await get(gate, false), { status: 200, connection: "close" });
    assert.equal(await events, "data: one\n\ndata: two\n\n");
    assert.equal(await ended, 0);
    agent.destroy();
    session.close();
  } finally {
    close();
  }
});

test("nobody who keeps a connection busy is cut off", async () => {
  const { close, gate } = await startSlowGate("lameDuck: 2s");
  try {
    const callers = busyCallers(gate, 8);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const ended = new Promise((resolve) => gate.process.once("exit", resolve));
    gate.process.kill("SIGTERM");
    await callers.ended;
    assert.deepEqual(callers.failed, []);
    assert.ok(callers.state.served > 8, "more than one request on each connection");
    assert.equal(await ended, 0);
  } finally {
    close();
  }
});

test("who stops it at a terminal does not wait for balancers", async () => {
  const { close, gate } = await startSlowGate("lameDuck: 30d");
  try {
    const ended = new Promise((resolve) => gate.process.once("exit", resolve));
    gate.process.kill("SIGINT");
    assert.equal(await ended, 0);
  } finally {
    close();
  }
});
