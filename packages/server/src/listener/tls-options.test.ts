import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { afterEach, test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { selfSigned } from "../../../../test/certificate.ts";
import { listenerBounds } from "./bounds.ts";
import { type Listener, startListener } from "./listener.ts";
import { keyExchangeGroups } from "./tls-options.ts";

const { certificate: cert, key } = await selfSigned("sessions");
const opened: Listener[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close(0);
});

/** What one gate thread listens with. */
async function startThread(
  ticketKeys: Buffer,
  minVersion: "TLSv1.2" | "TLSv1.3",
): Promise<Listener> {
  const listener = await startListener({
    host: "127.0.0.1",
    port: 0,
    reusePort: false,
    tls: { cert, key, minVersion, ticketKeys },
    bounds: listenerBounds(undefined, 1),
    isTrusted: () => false,
    clientOf: (peer) => peer,
    known: { has: () => false },
    proxyProtocol: false,
    onRequest: (_request, response) => response.end("ok"),
    onContinue: () => undefined,
    onStream: () => undefined,
    onUpgrade: () => undefined,
    onUnparsed: () => undefined,
  });
  opened.push(listener);
  return listener;
}

interface Visit {
  readonly resumed: boolean;
  readonly session: Buffer;
  readonly protocol: string | null;
  readonly cipher: string;
}

/** A connection that asks once, so that the ticket behind the handshake has come. */
async function visit(
  { port }: Listener,
  session?: Buffer,
  options: { readonly ecdhCurve?: string; readonly maxVersion?: "TLSv1.2" } = {},
): Promise<Visit> {
  const socket: TLSSocket = connect({
    port,
    host: "127.0.0.1",
    rejectUnauthorized: false,
    ...options,
    ...(session === undefined ? {} : { session }),
  });
  let ticket = session ?? Buffer.alloc(0);
  socket.on("session", (given: Buffer) => (ticket = given));
  await once(socket, "secureConnect");
  const [resumed, protocol] = [socket.isSessionReused(), socket.getProtocol()];
  socket.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  await once(socket.resume(), "close");
  return { resumed, session: ticket, protocol, cipher: socket.getCipher()?.name ?? "" };
}

for (const maxVersion of ["TLSv1.2", undefined] as const) {
  const options = maxVersion === undefined ? {} : { maxVersion };
  const spoken = maxVersion ?? "TLSv1.3";

  test(`a session over ${spoken} that was begun on one thread is taken up on another, until keys change`, async () => {
    const keys = randomBytes(48);
    const [one, other] = [await startThread(keys, "TLSv1.2"), await startThread(keys, "TLSv1.2")];
    const first = await visit(one, undefined, options);
    assert.deepEqual([first.resumed, first.protocol], [false, spoken]);
    assert.ok((await visit(other, first.session, options)).resumed);
    other.replaceTicketKeys(randomBytes(48));
    const anew = await visit(other, first.session, options);
    assert.equal(anew.resumed, false, "a ticket of older keys opens nothing");
    assert.ok((await visit(other, anew.session, options)).resumed);
    assert.ok((await visit(one, first.session, options)).resumed, "who was told nothing keeps on");
  });

  test(`over ${spoken}, keys and exchanges outlast a change of the certificate`, async () => {
    const listener = await startThread(randomBytes(48), "TLSv1.2");
    listener.replaceTicketKeys(randomBytes(48));
    const { session } = await visit(listener, undefined, options);
    const next = await selfSigned("next");
    listener.replaceCertificate({ cert: next.certificate, key: next.key });
    assert.ok((await visit(listener, session, options)).resumed);
    // In TLS 1.2 a certificate's curve must be among those that the client offers.
    for (const group of spoken === "TLSv1.3" ? keyExchangeGroups : ["X25519:P-256"]) {
      const { protocol } = await visit(listener, undefined, { ...options, ecdhCurve: group });
      assert.equal(protocol, spoken, group);
    }
  });
}

test("an older TLS than the policy wants is refused, before and after a certificate has changed", async () => {
  const listener = await startThread(randomBytes(48), "TLSv1.3");
  const refused = (): Promise<void> =>
    assert.rejects(visit(listener, undefined, { maxVersion: "TLSv1.2" }));
  await refused();
  const next = await selfSigned("next");
  listener.replaceCertificate({ cert: next.certificate, key: next.key });
  await refused();
});

test("keys are exchanged by what no quantum computer undoes, where the system knows it", async () => {
  assert.ok(keyExchangeGroups.includes("X25519"));
  const listener = await startThread(randomBytes(48), "TLSv1.3");
  // A client that offers a group which the server does not know is refused.
  await assert.rejects(visit(listener, undefined, { ecdhCurve: "P-521" }));
  const [first = ""] = keyExchangeGroups;
  assert.equal((await visit(listener, undefined, { ecdhCurve: first })).protocol, "TLSv1.3");
});
