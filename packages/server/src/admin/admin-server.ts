import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { EvidenceRow } from "@portcullis/guard/authorization/owner-evidence";
import { problemCodes } from "@portcullis/guard/problem-catalog";
import type { DecisionRecord } from "@portcullis/guard/decision-record";
import type { AdminCredential } from "./admin-credential.ts";

/** What the admin endpoints show of a running gate. */
export interface AdminView {
  metrics(): string;
  /** Undefined when ready; otherwise what is missing, in words. */
  notReady(): string | undefined;
  /** Whom operations without an owner rule have named, in counts. */
  evidence(): readonly EvidenceRow[];
  records(filter: { traceId?: string; operation?: string; code?: string }, most: number): DecisionRecord[];
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

export function startAdminServer(options: { readonly host: string; readonly port: number; readonly credential: AdminCredential; readonly view: AdminView }): Promise<AdminServer> {
  const { credential, host, port, view } = options;
  const loopback = host === "127.0.0.1" || host === "::1" || host === "localhost";

  const reply = (request: IncomingMessage): Reply => {
    if (loopback && !hostIsLocal(request)) return json(421, { title: "This host is not served here", status: 421, detail: "Use http://127.0.0.1 or http://localhost." });
    const url = new URL(request.url ?? "/", "http://admin.invalid");
    if (request.method !== "GET" && request.method !== "HEAD") return json(405, { title: "This method is not offered here", status: 405 });
    if (url.pathname === "/healthz") return text(200, "ok\n");
    if (url.pathname === "/readyz") {
      const missing = view.notReady();
      return missing === undefined ? text(200, "ready\n") : text(503, `not ready: ${missing}\n`);
    }
    if (url.pathname === "/metrics") return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body: view.metrics() };
    const presented = bearer(request);
    if (presented === undefined || !credential.fits(presented)) return json(401, { title: "The admin's credential is needed", status: 401, detail: `Send 'Authorization: Bearer' with the content of ${credential.file}.` });
    if (url.pathname === "/evidence") return json(200, view.evidence());
    if (url.pathname === "/records") {
      const code = url.searchParams.get("code");
      if (code !== null && !(problemCodes as readonly string[]).includes(code)) return json(400, { title: "There is no such code", status: 400, detail: "The codes stand in docs/problems.md." });
      const [traceId, operation] = [url.searchParams.get("traceId"), url.searchParams.get("operation")];
      const most = Math.min(Math.max(Number(url.searchParams.get("most") ?? 20) || 20, 1), 1000);
      return json(200, view.records({ ...(traceId === null ? {} : { traceId }), ...(operation === null ? {} : { operation }), ...(code === null ? {} : { code }) }, most));
    }
    return json(404, { title: "There is nothing at this address", status: 404, detail: "Served here: /healthz, /readyz, /metrics, /records, /evidence." });
  };

  const server: Server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000 }, (request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    let answer: Reply;
    try {
      answer = reply(request);
    } catch {
      answer = json(400, { title: "The request cannot be read", status: 400 });
    }
    const headers: Record<string, string> = { "Content-Type": answer.type, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" };
    if (answer.status === 401) headers["WWW-Authenticate"] = "Bearer";
    response.writeHead(answer.status, headers).end(request.method === "HEAD" ? undefined : answer.body);
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
