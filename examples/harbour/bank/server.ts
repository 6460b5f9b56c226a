import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Call, type Handler, Reply, routes } from "./routes.ts";
import { openDatabase } from "./database.ts";
import { type DemoIssuer, startIssuer } from "./issuer.ts";

export interface Bank {
  readonly url: string;
  readonly issuer: DemoIssuer;
  close(): void;
}

/**
 * Starts the bank and its issuer. Everything the bank does wrong on purpose is marked HOLE in
 * routes.ts.
 */
export async function startBank(options: {
  readonly file: string;
  readonly port: number;
  readonly issuerPort: number;
}): Promise<Bank> {
  const database = openDatabase(options.file);
  const issuer = await startIssuer(options.issuerPort);
  const table = routes(database, issuer);
  const server: Server = createServer((request, response) => void answer(table, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    issuer,
    close: () => {
      server.closeAllConnections();
      server.close();
      issuer.close();
      database.close();
    },
  };
}

async function answer(
  table: ReadonlyMap<string, Handler>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const reply = await dispatch(table, request);
    const bytes = Buffer.isBuffer(reply.body)
      ? reply.body
      : reply.body === undefined
        ? undefined
        : Buffer.from(JSON.stringify(reply.body));
    response
      .writeHead(reply.status, {
        ...(bytes === undefined
          ? {}
          : { "Content-Type": reply.type, "Content-Length": bytes.length }),
        ...reply.headers,
      })
      .end(bytes);
  } catch (fault) {
    // HOLE (excessive data): an unexpected fault tells the caller where it happened.
    response
      .writeHead(500, { "Content-Type": "application/json" })
      .end(JSON.stringify({ error: String(fault), stack: (fault as Error).stack }));
  }
}

async function dispatch(
  table: ReadonlyMap<string, Handler>,
  request: IncomingMessage,
): Promise<Reply> {
  const url = new URL(request.url ?? "/", "http://bank.invalid");
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  for (const [pattern, handler] of table) {
    const [method = "", template = ""] = pattern.split(" ");
    const match =
      method === request.method
        ? new RegExp(`^${template.replaceAll(/\{[^}]+\}/g, "([^/]+)")}$`).exec(url.pathname)
        : null;
    if (match === null) continue;
    const json =
      (request.headers["content-type"] ?? "").includes("json") && bytes.length > 0
        ? (JSON.parse(bytes.toString()) as Record<string, unknown>)
        : {};
    const call: Call = {
      parameters: match.slice(1).map(decodeURIComponent),
      query: url.searchParams,
      json,
      bytes,
      caller: callerOf(request),
      headers: request.headers,
    };
    return handler(call);
  }
  return new Reply(404, { error: "not found" });
}

/** HOLE (broken authentication): the token's payload is believed, its signature never looked at. */
function callerOf(request: IncomingMessage): Call["caller"] {
  const payload = (request.headers.authorization ?? "")
    .replace(/^(Bearer|DPoP) /i, "")
    .split(".")[1];
  if (payload === undefined) return undefined;
  try {
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
      sub?: unknown;
      roles?: unknown;
    };
    return typeof claims.sub === "string"
      ? { id: claims.sub, roles: Array.isArray(claims.roles) ? claims.roles.map(String) : [] }
      : undefined;
  } catch {
    return undefined;
  }
}
