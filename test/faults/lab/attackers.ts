import { type ClientHttp2Session, connect as http2Connect } from "node:http2";
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { parentPort, workerData } from "node:worker_threads";

/** Callers who hold on to what they get, each kind from an address of its own. */
export interface Attack {
  readonly port: number;
  readonly ca: string;
  readonly slowReaders: number;
  readonly slowBodies: number;
  readonly zeroWindows: { readonly sessions: number; readonly streams: number };
}

const { ca, port, slowBodies, slowReaders, zeroWindows } = workerData as Attack;
const [reading, sending, holding] = ["127.0.0.2", "127.0.0.3", "127.0.0.4"];
/** At once, it would be a flood of handshakes, which is another attack. */
const againMs = 10_000;
const upload = `POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\n`;

function open(localAddress: string, protocol: string): TLSSocket {
  const options = { localAddress, ALPNProtocols: [protocol], servername: "localhost", ca };
  const socket = connect({ host: "127.0.0.1", port, ...options } as ConnectionOptions);
  return socket.on("error", () => undefined);
}

/** One that was cut off comes again. */
function readSlowly(): void {
  const socket = open(reading, "http/1.1");
  socket.once("secureConnect", () => {
    socket.write("GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    socket.pause();
  });
  // This end hears of being cut off only while it reads.
  setTimeout(() => socket.resume(), 45_000);
  socket.once("close", () => setTimeout(readSlowly, againMs));
}

function sendSlowly(): void {
  const socket = open(sending, "http/1.1").resume();
  socket.once("secureConnect", () => socket.write(upload));
  const drip = setInterval(() => socket.writable && socket.write("x".repeat(20)), 1000);
  socket.once("close", () => {
    clearInterval(drip);
    setTimeout(sendSlowly, againMs);
  });
}

function hold(session: ClientHttp2Session): void {
  if (session.destroyed || session.closed) return;
  session
    .request({ ":path": "/large" })
    .on("error", () => undefined)
    .once("close", () => setTimeout(() => hold(session), againMs));
}

function holdSession(): void {
  const session = http2Connect(`https://localhost:${port}`, {
    createConnection: () => open(holding, "h2"),
    settings: { initialWindowSize: 0 },
  });
  session.on("error", () => undefined).once("close", () => setTimeout(holdSession, againMs));
  for (let stream = 0; stream < zeroWindows.streams; stream += 1) hold(session);
}

for (let count = 0; count < slowReaders; count += 1) readSlowly();
for (let count = 0; count < slowBodies; count += 1) sendSlowly();
for (let count = 0; count < zeroWindows.sessions; count += 1) holdSession();
parentPort?.postMessage("begun");
