import assert from "node:assert/strict";
import { type ClientHttp2Session, connect, constants } from "node:http2";
import { request } from "node:https";
import { connect as tlsConnect, type ConnectionOptions } from "node:tls";
import { test } from "node:test";
import type { StartedGate } from "../../examples/harbour/gate.ts";
import { ask, endOf, http2Session, type SlowGate, startSlowGate } from "./slow-gate.ts";

const within = { timeout: 60_000 };
const proxied = { more: "trustedProxies: [127.0.0.1]" };

/** A session from one of the addresses of this machine. */
function sessionFrom({ ca, port }: StartedGate, localAddress: string): ClientHttp2Session {
  const session = connect(`https://localhost:${port}`, {
    createConnection: () =>
      tlsConnect({
        host: "127.0.0.1",
        servername: "localhost",
        port,
        ca,
        localAddress,
        ALPNProtocols: ["h2"],
      } as ConnectionOptions),
  });
  return session.on("error", () => undefined);
}

/** An answer that lasts for seconds, or how it was refused. */
const event = (session: ClientHttp2Session, forwardedFor?: string): Promise<string> =>
  endOf(
    session
      .request({
        ":path": "/events",
        ...(forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor }),
      })
      .resume(),
  );
const counted = (ends: readonly string[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const end of ends) counts[end] = (counts[end] ?? 0) + 1;
  return counts;
};
const refused = `code ${constants.NGHTTP2_REFUSED_STREAM}`;

async function serving(
  listen: string,
  more: { readonly more?: string },
  work: (slow: SlowGate) => Promise<void>,
): Promise<void> {
  const slow = await startSlowGate(listen, more);
  try {
    await work(slow);
  } finally {
    slow.close();
  }
}

test(
  "requests of one address are bounded over all of its connections, and others are served",
  within,
  () =>
    serving("requests: { perAddress: 30 }", {}, async ({ gate }) => {
      const sessions = Array.from({ length: 4 }, () => sessionFrom(gate, "127.0.0.1"));
      const ends = sessions.flatMap((session) => Array.from({ length: 20 }, () => event(session)));
      const other = sessionFrom(gate, "127.0.0.2");
      assert.equal(await endOf(other.request({ ":path": "/fast" }).resume()), "200");
      assert.deepEqual(counted(await Promise.all(ends)), { "200": 30, [refused]: 50 });
      // What has ended leaves room.
      assert.equal(await ask(gate), 200);
      for (const session of [...sessions, other]) session.destroy();
    }),
);

test(
  "over a trusted proxy the forwarded address counts, and the proxy's own does not",
  within,
  () =>
    serving("requests: { perAddress: 10 }", proxied, async ({ gate }) => {
      const session = http2Session(gate);
      const own = Array.from({ length: 20 }, () => event(session));
      const one = Array.from({ length: 20 }, () => event(session, "198.51.100.7"));
      const others = Array.from({ length: 20 }, (_, index) =>
        event(session, `198.51.100.7, 203.0.113.${index}, 127.0.0.1`),
      );
      assert.deepEqual(counted(await Promise.all(one)), { "200": 10, [refused]: 10 });
      assert.deepEqual(counted(await Promise.all([...own, ...others])), { "200": 40 });
      session.destroy();
    }),
);

test("addresses of one IPv6 network count together", within, () =>
  serving("requests: { perNetwork: 10 }", proxied, async ({ gate }) => {
    const session = http2Session(gate);
    const ends = Array.from({ length: 20 }, (_, index) =>
      event(session, `2001:db8:0:7::${index.toString(16)}`),
    );
    const elsewhere = event(session, "2001:db8:0:8::1");
    assert.deepEqual(counted(await Promise.all(ends)), { "200": 10, [refused]: 10 });
    assert.equal(await elsewhere, "200");
    session.destroy();
  }),
);

test("over HTTP/1.1 what is too much is answered, with the time to come again", within, () =>
  serving("requests: { perAddress: 2 }", proxied, async ({ gate: { ca, port } }) => {
    const answers = await Promise.all(
      Array.from(
        { length: 5 },
        () =>
          new Promise<string>((resolve, reject) => {
            request(
              {
                host: "localhost",
                port,
                ca,
                path: "/events",
                agent: false,
                headers: { "X-Forwarded-For": "198.51.100.7" },
              },
              (response) => {
                let text = "";
                response
                  .setEncoding("utf8")
                  .on("data", (part: string) => (text += part))
                  .on("end", () => {
                    const { code = "" } = text.startsWith("{")
                      ? (JSON.parse(text) as { code?: string })
                      : {};
                    resolve(
                      `${response.statusCode} ${code}${response.headers["retry-after"] ?? ""}`,
                    );
                  });
              },
            )
              .on("error", reject)
              .end();
          }),
      ),
    );
    assert.deepEqual(counted(answers), { "200 ": 2, "429 too-many-underway1": 3 });
  }),
);

/** What the other end said when it ended the session. */
const farewell = (session: ClientHttp2Session): Promise<number> =>
  new Promise((resolve) => {
    session.once("goaway", resolve);
    session.once("close", () => resolve(-1));
  });

async function takeBack(session: ClientHttp2Session, count: number): Promise<void> {
  for (let index = 0; index < count && !session.destroyed && !session.closed; index += 1) {
    const stream = session.request({ ":path": "/events" }).on("error", () => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    stream.close(constants.NGHTTP2_CANCEL);
  }
}

test("a connection that begins requests to take them back is ended", within, () =>
  serving("requests: { resets: 10 }", {}, async ({ gate }) => {
    const session = http2Session(gate);
    const end = farewell(session);
    for (let round = 0; round < 20 && !session.destroyed; round += 1) {
      await takeBack(session, 20);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await end;
    assert.equal(await ask(gate), 200);
  }),
);

test("an address that takes requests back is held to its bound over all connections", within, () =>
  serving("requests: { resetsPerAddress: 5 }", {}, async ({ gate }) => {
    // Thirty at once are within it.
    const first = http2Session(gate);
    await takeBack(first, 20);
    assert.equal(await endOf(first.request({ ":path": "/fast" }).resume()), "200");
    let said: number | undefined;
    for (let count = 0; count < 30 && said === undefined; count += 1) {
      const session = http2Session(gate);
      const end = farewell(session);
      await takeBack(session, 20);
      const answered = endOf(session.request({ ":path": "/fast" }).resume());
      said = await Promise.race([end, answered.then(() => undefined)]);
      session.destroy();
    }
    assert.equal(said, constants.NGHTTP2_ENHANCE_YOUR_CALM);
    assert.equal(await endOf(first.request({ ":path": "/fast" }).resume()), "200");
    first.destroy();
  }),
);

const floods: Readonly<Record<string, (session: ClientHttp2Session) => void>> = {
  pings: (session) => void session.ping(() => undefined),
  settings(session) {
    // This end would close the session itself if too many were on their way.
    if (!session.pendingSettingsAck) session.settings({ initialWindowSize: 65_535 });
  },
};

for (const [what, send] of Object.entries(floods))
  test(`a connection that floods with ${what} is ended`, within, () =>
    serving("requests: { controlFrames: 1 }", {}, async ({ gate }) => {
      const session = http2Session(gate);
      await new Promise((resolve) => session.once("connect", resolve));
      const end = farewell(session);
      const flood = setInterval(() => {
        if (!session.destroyed && !session.closed) send(session);
      }, 10);
      assert.equal(await end, constants.NGHTTP2_ENHANCE_YOUR_CALM);
      clearInterval(flood);
      assert.equal(await ask(gate), 200);
    }),
  );
