import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from "node:http2";
import type { AddressInfo } from "node:net";
import type { UpstreamRequest } from "@portcullis/guard/upstream";
import { Sessions } from "../../packages/server/src/upstream/http2/sessions.ts";
import type { Attempt, FailureKind } from "../../packages/server/src/upstream/transport.ts";

/** Called for each request, with the session that brought it and how many there were before. */
export type AnswerStream = (
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  before: number,
) => void;

/** A backend that speaks HTTP/2 from the first byte on. */
export interface StreamServer {
  readonly url: string;
  readonly sessions: ServerHttp2Session[];
  /** Flat, of each request. */
  readonly heads: (readonly string[])[];
  close(): void;
}

export async function startStreamServer(
  answer: AnswerStream,
  settings: Settings = {},
): Promise<StreamServer> {
  const sessions: ServerHttp2Session[] = [];
  const heads: (readonly string[])[] = [];
  let before = 0;
  const server: Http2Server = createServer({ settings })
    .on("session", (session) => {
      sessions.push(session.on("error", ignore));
    })
    .on("stream", (stream: ServerHttp2Stream, headers, _flags, raw: string[]) => {
      heads.push(raw);
      stream.on("error", ignore);
      answer(stream, headers, before);
      before += 1;
    });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions,
    heads,
    close() {
      for (const session of sessions) session.destroy();
      server.close();
    },
  };
}

/** What came of one request. */
export interface StreamCame {
  readonly status: number;
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  /** Undefined where the answer came to its end. */
  readonly failed: FailureKind | undefined;
  readonly detail: string;
}

/** Asks once. @param begun told of the attempt, so that a test can pause or abort it */
export function askStream(
  sessions: Sessions,
  request: Partial<UpstreamRequest> = {},
  begun: (attempt: Attempt) => void = () => undefined,
  headersTimeoutMs = 5000,
): Promise<StreamCame> {
  return new Promise((resolve) => {
    let status = 0;
    let fields: readonly string[] = [];
    const parts: Buffer[] = [];
    const done = (trailers: readonly string[], failed?: FailureKind, detail = ""): void => {
      const body = Buffer.concat(parts).toString("latin1");
      resolve({ status, fields, body, trailers, failed, detail });
    };
    const whole = {
      method: "GET",
      target: "/x",
      headers: ["Host", "api"],
      body: null,
      repeatable: true,
      ...request,
    };
    const attempt = sessions.begin(whole, headersTimeoutMs, {
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

export const openSessions = (url: string, connections = 100, bodyTimeoutMs = 2000): Sessions =>
  new Sessions(url, { connections, connectTimeoutMs: 2000, bodyTimeoutMs, tls: undefined });

const ignore = (): void => undefined;

/** Waits until something holds that nobody tells of. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
