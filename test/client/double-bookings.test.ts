import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test, type TestContext } from "node:test";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import { memoryPlatform } from "../../packages/client/src/adapters/memory.ts";
import { systemClock } from "../../packages/client/src/platform-defaults.ts";
import {
  PortcullisClient,
  PortcullisProblem,
  Unknown,
  Unreachable,
} from "../../packages/client/src/portcullis-client.ts";
import type { Fetch } from "../../packages/client/src/ports.ts";
import type { IdentityGate } from "../identity/identity-gate.ts";
import { type LosingNetwork, losingNetwork } from "./losing-network.ts";
import { email, phoneAt, startClientGate } from "./phone.ts";

const atOnce = 24;

/** How often each booking was made: what a bank would find in its books. */
const bookings = new Map<string, number>();
let backend: Server;
let backendPort: number;

before(async () => {
  backend = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (part: string) => (text += part));
    request.on("end", () => {
      if (request.method === "POST") {
        const { booking } = JSON.parse(text) as { booking: string };
        bookings.set(booking, (bookings.get(booking) ?? 0) + 1);
      }
      response
        .writeHead(request.method === "POST" ? 201 : 200, { "Content-Type": "application/json" })
        .end("{}");
    });
  });
  await new Promise<void>((resolve) => backend.listen(0, "127.0.0.1", resolve));
  backendPort = (backend.address() as AddressInfo).port;
});
after(() => {
  backend.closeAllConnections();
  backend.close();
});

test("of 10000 writes on a network that loses requests and answers, none is done twice, and the app knows of each whether it can know", {
  timeout: 170_000,
}, async (context) => {
  const { agent, network } = await networkTo(backendPort, undefined, context);
  const client = new PortcullisClient(
    { issuer: `http://127.0.0.1:${network.port}`, clientId: "none", redirectUri: "none:/" },
    memoryPlatform({ open: () => Promise.resolve(undefined) }, { fetch: through(agent) }),
  );
  const write = { anonymous: true };
  await book({ client, network, context, writes: 10_000, reads: 500, name: "open", write });
});

test("the same holds through a gate that refuses some, for its limits and for tokens that are old", {
  timeout: 170_000,
}, async (context) => {
  const gate = await startClientGate((policy) =>
    policy
      .replace(/upstream: [^ }]+/, `upstream: http://127.0.0.1:${backendPort}`)
      .replace(
        "operations:\n",
        "operations:\n  - { match: addNote, limits: [{ rate: 60/s, per: user }] }\n",
      ),
  );
  context.after(() => gate.close());
  const { agent, network } = await networkTo(gate.port, gate.gate.ca, context);
  const { client } = phoneAt(gate, email, { clock: systemClock, fetch: through(agent) });
  await client.signIn();
  await book({ client, network, context, writes: 800, reads: 40, name: "gate", write: {}, gate });
});

interface Booking {
  readonly client: PortcullisClient;
  readonly network: LosingNetwork;
  readonly context: TestContext;
  readonly writes: number;
  readonly reads: number;
  readonly name: string;
  readonly write: { readonly anonymous?: boolean };
  readonly gate?: IdentityGate;
}

/** Writes and reads, many at once, and holds what the app was told to what the backend has done. */
async function book({ client, context, gate, name, network, reads, write, writes }: Booking) {
  network.begin();
  const told = { done: 0, unknown: 0, refused: 0, unreachable: 0, failedReads: 0 };
  const open: string[] = [];
  const wrong: string[] = [];
  const hold = (booking: string, what: keyof typeof told, times: number): void => {
    told[what] += 1;
    if ((bookings.get(booking) ?? 0) !== times) wrong.push(`${booking} ${what}`);
  };
  const writeOne = async (booking: string): Promise<void> => {
    const body = { booking };
    try {
      await client.send("/notes", { method: "POST", body, ...write });
      hold(booking, "done", 1);
    } catch (fault) {
      if (fault instanceof PortcullisProblem) hold(booking, "refused", 0);
      else if (fault instanceof Unreachable) hold(booking, "unreachable", 0);
      else if (!(fault instanceof Unknown)) throw fault;
      else {
        told.unknown += 1;
        open.push(booking);
        assert.equal(fault.outcome, "unknown");
        assert.deepEqual([fault.sent.method, fault.sent.body], ["POST", JSON.stringify(body)]);
      }
    }
  };
  const readOne = async (): Promise<void> => {
    await client.send("/notes", write).catch((fault: unknown) => {
      assert.ok(fault instanceof Unreachable || fault instanceof PortcullisProblem);
      told.failedReads += 1;
    });
  };
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = (next += 1); index <= writes; index = next += 1) {
      // What the account may do changes now and then: the token is refused, and renewed.
      if (index % 300 === 0) gate?.command("users", "roles", email, "--role", "member");
      await writeOne(`${name} ${index}`);
      if (index % (writes / reads) === 0) await readOne();
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  const unknownButDone = open.filter((booking) => bookings.has(booking)).length;
  context.diagnostic(JSON.stringify({ ...told, unknownButDone, lost: network.lost }));
  const twice = [...bookings].filter(([, times]) => times > 1);
  assert.deepEqual({ wrong, twice }, { wrong: [], twice: [] });
  // Of what is Unknown some was done and some was not, or the network would have lost nothing.
  assert.ok(unknownButDone > 0 && unknownButDone < told.unknown);
  assert.ok(told.failedReads <= reads / 100, `${told.failedReads} reads failed`);
}

/** A network that begins to lose when it is told to, and connections through it. */
async function networkTo(port: number, ca: string | undefined, context: TestContext) {
  const network = await losingNetwork(port, { requests: 0.01, answers: 0.01, seed: 11 });
  const connectTo = buildConnector(ca === undefined ? {} : { ca });
  const agent = new Agent({
    connections: atOnce,
    connect: (options, done) => connectTo({ ...options, port: String(network.port) }, done),
  });
  context.after(() => {
    network.close();
    void agent.destroy();
  });
  return { agent, network };
}

const through = (agent: Agent): Fetch => {
  const send = undiciFetch as unknown as (url: string, init: object) => Promise<Response>;
  return (url, request) => send(url, { ...request, dispatcher: agent });
};
