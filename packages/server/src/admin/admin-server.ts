import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { KeyPair } from "../files/key-pair.ts";
import { isLoopback } from "../settings/admin-keys.ts";
import { type AdminRequest, type Answering, answerRequest } from "./answer-request.ts";
import type { ConsoleDoor } from "./console/console-door.ts";
import { answersVaryBy } from "./console/page-headers.ts";
import type { BeginStream } from "./event-stream.ts";
import type { AdminReply } from "./problem-reply.ts";
import { BodyFault } from "./shape.ts";

export interface AdminServerOptions extends Omit<Answering, "access"> {
  readonly host: string;
  readonly port: number;
  /** By which name it is reached, where that is no name of this machine. */
  readonly name?: string | undefined;
  /** By the port that it got. Undefined where nothing but the admin API is served. */
  readonly console?: ((port: number) => ConsoleDoor) | undefined;
  /** Absent: without encryption, for loopback. */
  readonly tls?: KeyPair | undefined;
}

export interface AdminServer {
  readonly port: number;
  /** New connections see the new certificate. */
  replaceCertificate(certificate: KeyPair): void;
  close(): Promise<void>;
}

const minVersion = "TLSv1.3";

const localNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1"]);

/**
 * A page in the operator's browser can make its own host name point at 127.0.0.1 (DNS rebinding).
 * It cannot make the browser send another Host, so an admin on loopback answers to its loopback
 * names only.
 *
 * @param own the host that it listens on
 * @param named that of `admin.url`, by which a proxy of this machine is reached
 */
function hostIsLocal(request: IncomingMessage, own: string, named = own): boolean {
  const host = (request.headers.host ?? "").replace(/:\d{1,5}$/, "");
  const name = host.replace(/^\[(.*)\]$/, "$1");
  return localNames.has(name) || name === own || name === named;
}

const foreignHost: AdminReply = {
  status: 421,
  mediaType: "application/problem+json",
  body: `${JSON.stringify({
    title: "This host is not served here",
    status: 421,
    detail: "Use 127.0.0.1 or localhost.",
  })}\n`,
  headers: {},
};

const mostBodyBytes = 65_536;

/** @throws BodyFault */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const fault = (detail: string): BodyFault => new BodyFault([{ pointer: "", detail }]);
  if (request.headers["content-type"]?.startsWith("application/json") !== true)
    throw fault("JSON is expected, with Content-Type: application/json");
  const bytes = await readBytes(request);
  if (bytes === undefined) throw fault("it did not arrive whole");
  if (bytes.length > mostBodyBytes) throw fault(`it is larger than ${mostBodyBytes} bytes`);
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw fault("it is not JSON");
  }
}

/** @returns the body, or one part more than is taken of it; undefined when the caller broke off */
async function readBytes(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let count = 0;
  try {
    // The request is not destroyed with its rest: the answer still has to go out on its connection.
    for await (const part of request.iterator({ destroyOnReturn: false })) {
      parts.push(part as Buffer);
      count += (part as Buffer).length;
      if (count > mostBodyBytes) break;
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(parts);
}

const oneOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

/** What is sent as it comes; it ends with its connection. */
function sendStream(response: ServerResponse, begin: BeginStream): void {
  const stream = begin({
    write: (text) => response.write(text),
    end: () => response.end(),
  });
  response.on("drain", () => stream.drained());
  response.once("close", () => stream.ended());
}

/** Serves the admin API. */
export function startAdminServer(options: AdminServerOptions): Promise<AdminServer> {
  const { host, port, tls } = options;
  const loopback = isLoopback(host);
  let console: ConsoleDoor | undefined;

  const replyTo = async (request: IncomingMessage): Promise<AdminReply> => {
    const { headers, method = "", url: target = "/" } = request;
    if (loopback && !hostIsLocal(request, host, options.name)) return foreignHost;
    const asked: AdminRequest = {
      method,
      target,
      headers,
      traceparent: oneOf(headers["traceparent"]),
      readJson: () => readJson(request),
    };
    return (await console?.answer(asked)) ?? answerRequest({ ...options, access: console }, asked);
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { body, headers, mediaType, status } = await replyTo(request);
    request.resume();
    const isWhole = typeof body !== "function";
    response.writeHead(status, {
      "Content-Type": mediaType,
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      Vary: answersVaryBy,
      ...(isWhole && status !== 304 ? { "Content-Length": Buffer.byteLength(body) } : {}),
      ...headers,
    });
    if (request.method === "HEAD") response.end();
    else if (isWhole) response.end(body);
    else sendStream(response, body);
  };
  const bounds = { maxHeaderSize: 8192, requestTimeout: 10_000 };
  const onRequest = (request: IncomingMessage, response: ServerResponse): void =>
    void answer(request, response);
  const secure =
    tls === undefined
      ? undefined
      : createSecureServer({ ...bounds, ...tls, minVersion }, onRequest);
  const server = secure ?? createServer(bounds, onRequest);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      const { port: ownPort } = server.address() as AddressInfo;
      console = options.console?.(ownPort);
      resolve({
        port: ownPort,
        replaceCertificate: (changed) => secure?.setSecureContext({ ...changed, minVersion }),
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
