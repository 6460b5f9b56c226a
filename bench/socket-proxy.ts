// The bare proxy of undici-proxy.ts with the gate's own connections behind it. Without a backend it
// answers by itself: what is left of a hop when nobody is asked.
import { createServer, type ServerResponse } from "node:http";
import { Connections } from "../packages/server/src/upstream/http1/connections.ts";
import type { AttemptReceiver } from "../packages/server/src/upstream/transport.ts";

const [port, backend] = process.argv.slice(2).map(Number);
const connections = new Connections(`http://127.0.0.1:${backend}`, {
  connections: 128,
  connectTimeoutMs: 2000,
  bodyTimeoutMs: 30_000,
  tls: undefined,
});
const isEnd = (name: string): boolean => name.toLowerCase() === "connection";
const withoutConnection = (raw: readonly string[]): string[] =>
  raw.filter((_, index, all) => !isEnd(all[index - (index % 2)] ?? ""));

class PassOn implements AttemptReceiver {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  onSent(): void {}

  onAllSent(): void {}

  onHead(status: number, headers: string[]): void {
    this.#response.writeHead(status, withoutConnection(headers));
  }

  onData(chunk: Buffer): void {
    this.#response.write(chunk);
  }

  onEnd(): void {
    this.#response.end();
  }

  onFailure(): void {
    this.#response.destroy();
  }
}

const own = Buffer.from(JSON.stringify({ id: "a-1", limits: ["x".repeat(180)] }));
createServer((request, response) => {
  if (backend === 0) {
    response.writeHead(200, [
      "Content-Type",
      "application/json",
      "Content-Length",
      String(own.length),
    ]);
    response.write(own);
    response.end();
    return;
  }
  connections.begin(
    {
      method: request.method ?? "GET",
      target: request.url ?? "/",
      headers: withoutConnection(request.rawHeaders),
      body: request.method === "GET" ? null : request,
      repeatable: request.method === "GET",
    },
    30_000,
    new PassOn(response),
  );
}).listen(port, "127.0.0.1");
