import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { EvidenceRow } from "@portcullis/guard/authorization/owner-evidence";
import { problemCodes } from "@portcullis/guard/problem-catalog";
import type { DecisionRecord } from "@portcullis/guard/decision-record";
import type { AdminCredential } from "./admin-credential.ts";
import type { AdminReply } from "./admin-reply.ts";

/** What the admin endpoints show of a running gate. */
export interface AdminView {
  metrics(): string;
  /** Undefined when ready; otherwise what is missing, in words. */
  notReady(): string | undefined;
  /** Whom operations without an owner rule have named, in counts. */
  evidence(): readonly EvidenceRow[];
  records(filter: { traceId?: string; operation?: string; code?: string }, most: number): DecisionRecord[];
  /** Accounts, where there is a store; undefined for addresses that are not theirs. */
  readonly people?: ((method: string, url: URL, body: unknown) => Promise<AdminReply | undefined>) | undefined;
}

export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

type Reply = { readonly status: number; readonly type: string; readonly body: string };

const json = (status: number, value: unknown): Reply => ({ status, type: status < 400 ? "application/json" : "application/problem+json", body: `${JSON.stringify(value)}\n` });
const text = (status: number, body: string): Reply => ({ status, type: "text/plain; charset=utf-8", body });

const localHosts: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * A page in the owner's browser can make its own host name point at 127.0.0.1 (DNS rebinding). It cannot make the browser
 * send another Host, so an admin on loopback answers to its loopback names only.
 */
function hostIsLocal(request: IncomingMessage): boolean {
  const host = request.headers.host ?? "";
  return localHosts.has(host.replace(/:\d{1,5}$/, ""));
}

function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(request.headers.authorization ?? "")?.[1];
}

const mostBodyBytes = 65_536;

/** @throws Error when it is no JSON, or larger than anything here is */
async function readJson(request: IncomingMessage): Promise<unknown> {
  if (request.headers["content-type"]?.startsWith("application/json") !== true) throw new Error("not JSON");
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > mostBodyBytes) throw new Error("too large");
    parts.push(part);
  }
  return JSON.parse(Buffer.concat(parts).toString("utf8"));
}

export function startAdminServer(options: { readonly host: string; readonly port: number; readonly credential: AdminCredential; readonly view: AdminView }): Promise<AdminServer> {
  const { credential, host, port, view } = options;
  const loopback = host === "127.0.0.1" || host === "::1" || host === "localhost";

  const reply = async (request: IncomingMessage): Promise<Reply> => {
    if (loopback && !hostIsLocal(request)) return json(421, { title: "This host is not served here", status: 421, detail: "Use http://127.0.0.1 or http://localhost." });
    const url = new URL(request.url ?? "/", "http://admin.invalid");
    const method = request.method ?? "";
    const people = view.people !== undefined && /^\/(users|clients|audit)(\/|$)/.test(url.pathname) ? view.people : undefined;
    if (people === undefined && method !== "GET" && method !== "HEAD") return json(405, { title: "This method is not offered here", status: 405 });
    if (url.pathname === "/healthz") return text(200, "ok\n");
    if (url.pathname === "/readyz") {
      const missing = view.notReady();
      return missing === undefined ? text(200, "ready\n") : text(503, `not ready: ${missing}\n`);
    }
    if (url.pathname === "/metrics") return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: view.metrics() };
    const presented = bearer(request);
    if (presented === undefined || !credential.fits(presented)) return json(401, { title: "The admin's credential is needed", status: 401, detail: `Send 'Authorization: Bearer' with the content of ${credential.file}.` });
    if (people !== undefined) {
      const answered = await people(method, url, method === "GET" || method === "DELETE" ? undefined : await readJson(request));
      if (answered !== undefined) return json(answered.status, answered.value);
    }
    if (url.pathname === "/evidence") return json(200, view.evidence());
    if (url.pathname === "/records") {
      const code = url.searchParams.get("code");
      if (code !== null && !(problemCodes as readonly string[]).includes(code)) return json(400, { title: "There is no such code", status: 400, detail: "The codes stand in docs/problems.md." });
      const [traceId, operation] = [url.searchParams.get("traceId"), url.searchParams.get("operation")];
      const most = Math.min(Math.max(Number(url.searchParams.get("most") ?? 20) || 20, 1), 1000);
      return json(200, view.records({ ...(traceId === null ? {} : { traceId }), ...(operation === null ? {} : { operation }), ...(code === null ? {} : { code }) }, most));
    }
    return json(404, { title: "There is nothing at this address", status: 404, detail: "Served here: /healthz, /readyz, /metrics, /records, /evidence, and with a store /users, /audit." });
  };

  const server: Server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000 }, (request: IncomingMessage, response: ServerResponse) => {
    void reply(request)
      .catch(() => json(400, { title: "The request cannot be read", status: 400 }))
      .then((answer) => {
        request.resume();
        const headers: Record<string, string> = { "Content-Type": answer.type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };
        if (answer.status === 401) headers["WWW-Authenticate"] = "Bearer";
        response.writeHead(answer.status, headers).end(request.method === "HEAD" ? undefined : answer.body);
      });
  });
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve({
        port: (server.address() as AddressInfo).port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed());
            server.closeAllConnections();
          }),
      });
    });
  });
}
