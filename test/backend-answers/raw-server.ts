import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import { Connections } from "../../packages/server/src/upstream/http1/connections.ts";
import type { Attempt, FailureKind } from "../../packages/server/src/upstream/transport.ts";

/** Called for each request's head, with how many the connection has brought before it. */
export type AnswerRaw = (socket: Socket, head: string, before: number) => void;

/** A backend that answers in whatever bytes a test says. */
export interface RawServer {
  readonly url: string;
  /** Connections that were opened so far. */
  opened(): number;
  close(): void;
}

export async function startRawServer(answer: AnswerRaw, path?: string): Promise<RawServer> {
  const open = new Set<Socket>();
  let opened = 0;
  const server: Server = createServer((socket) => {
    opened += 1;
    open.add(socket);
    let seen = "";
    let before = 0;
    socket
      .on("error", () => socket.destroy())
      .on("close", () => open.delete(socket))
      .on("data", (bytes) => {
        seen += bytes.toString("latin1");
        const end = seen.indexOf("\r\n\r\n");
        if (end < 0) return;
        const head = seen;
        seen = "";
        answer(socket, head, before);
        before += 1;
      });
  });
  await new Promise<void>((resolve) =>
    path === undefined
      ? server.listen(0, "127.0.0.1", () => resolve())
      : server.listen(path, () => resolve()),
  );
  return {
    url:
      path === undefined
        ? `http://127.0.0.1:${(server.address() as AddressInfo).port}`
        : `unix:${path}`,
    opened: () => opened,
    close() {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

/** What came of one request. */
export interface Came {
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  /** Undefined where the answer came to its end. */
  readonly failed: FailureKind | undefined;
  readonly detail: string;
}

export const plainRequest: UpstreamRequest = {
  method: "GET",
  target: "/x",
  headers: ["Host", "api"],
  body: null,
  repeatable: true,
};

/** Asks once. @param begun told of the attempt, so that a test can pause or abort it */
export function askRaw(
  connections: Connections,
  request: Partial<UpstreamRequest> = {},
  begun: (attempt: Attempt) => void = () => undefined,
  headersTimeoutMs = 5000,
): Promise<Came> {
  return new Promise((resolve) => {
    let status = 0;
    let fields: readonly string[] = [];
    const parts: Buffer[] = [];
    const done = (trailers: readonly string[], failed?: FailureKind, detail = ""): void => {
      const body = Buffer.concat(parts).toString("latin1");
      resolve({ status, fields, body, trailers, failed, detail });
    };
    const attempt = connections.begin({ ...plainRequest, ...request }, headersTimeoutMs, {
      onSent: () => undefined,
      onAllSent: () => undefined,
      onHead(given, raw) {
        status = given;
        fields = raw;
      },
      onData: (chunk) => void parts.push(chunk),
      onEnd: (trailers) => done(trailers),
      onFailure: ({ detail, kind }) => done([], kind, detail),
    });
    begun(attempt);
  });
}

export const openConnections = (url: string, connections = 4): Connections =>
  new Connections(url, {
    connections,
    connectTimeoutMs: 2000,
    bodyTimeoutMs: 2000,
    tls: undefined,
  });
