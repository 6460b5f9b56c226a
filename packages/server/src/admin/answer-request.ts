import { randomBytes } from "node:crypto";
import type { AdminCredential } from "./admin-credential.ts";
import type { AdminTokens } from "./admin-tokens.ts";
import { type Administrator, mayDo } from "./administrator.ts";
import type { BeginStream } from "./event-stream.ts";
import { type Answer, Refused, type Route } from "./route.ts";
import { BodyFault } from "./shape.ts";

/** One request, as far as the table of routes needs to know it. */
export interface AdminRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly traceparent: string | undefined;
  readonly lastEventId?: string | undefined;
  /** @throws BodyFault when it is no JSON, or larger than anything here is */
  readJson(): Promise<unknown>;
}

export interface AdminReply {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string | Uint8Array | BeginStream;
  readonly headers: Readonly<Record<string, string>>;
}

/** A change that somebody has asked for. */
export interface AdminAct {
  readonly actor: string;
  readonly operationId: string;
  /** What the path names, and what of the body says it too: whom or what it is about. */
  readonly path: Readonly<Record<string, string>>;
}

export interface Answering {
  readonly routes: readonly Route[];
  readonly credential: AdminCredential;
  /** Undefined where there is no store to keep them in. */
  readonly tokens: Pick<AdminTokens, "identify"> | undefined;
  /** Writes down who has asked for what change, before it is made. */
  readonly note: (act: AdminAct) => Promise<void>;
  /** Is told of faults of this program, one line each. */
  readonly say: (message: string) => void;
}

/** Answers a request by the table of routes. Never rejects. */
export async function answerRequest(
  answering: Answering,
  request: AdminRequest,
): Promise<AdminReply> {
  let matched: Route | undefined;
  try {
    const url = URL.parse(request.target, "http://admin.invalid");
    if (url === null) throw new Refused(400, "The address cannot be read");
    const atPath = answering.routes.filter(({ match }) => match(url.pathname) !== undefined);
    const method = request.method === "HEAD" ? "GET" : request.method;
    matched = atPath.find((route) => route.method === method);
    const by = isOpen(atPath) ? undefined : await administratorOf(answering, request);
    if (atPath.length === 0) throw nothingHere(answering.routes);
    if (matched === undefined) return methodRefused(atPath);
    holdToRole(matched, by);
    const path = decoded(matched.match(url.pathname) ?? {});
    const body = matched.body?.read(await request.readJson(), "");
    await noteChange(answering, matched, by, { ...path, ...matched.audited?.(body) });
    return replyOf(
      await matched.handle({
        path,
        query: url.searchParams,
        body,
        by,
        lastEventId: request.lastEventId,
      }),
    );
  } catch (fault) {
    return replyOf(asAnswer(fault, matched, request, answering.say));
  }
}

const isOpen = (routes: readonly Route[]): boolean =>
  routes.length > 0 && routes.every(({ needs }) => needs === "nothing");

/** @throws Refused where nobody has shown a credential that is known and has not ended */
async function administratorOf(
  { credential, tokens }: Answering,
  { authorization }: AdminRequest,
): Promise<Administrator> {
  const presented = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(authorization ?? "")?.[1];
  if (presented !== undefined && credential.fits(presented))
    return { actor: "admin", role: "admin" };
  const by = presented === undefined ? undefined : await tokens?.identify(presented);
  if (by !== undefined) return by;
  throw new Refused(
    401,
    "The admin's credential is needed",
    `Send 'Authorization: Bearer' with the content of ${credential.file}, or with a token of 'portcullis admin add'.`,
  );
}

/** @throws Refused where whoever asks may not do this */
function holdToRole({ needs, operationId }: Route, by: Administrator | undefined): void {
  if (needs === "nothing" || (by !== undefined && mayDo(by.role, needs))) return;
  throw new Refused(
    403,
    "This role may not do that",
    `${operationId} needs the role ${needs}; this token has the role ${by?.role ?? "none"}.`,
  );
}

/**
 * Before the change: one that nobody could write down must not look as if nobody had made it. A
 * lost audit does not keep an operator from ending an attack, and is said instead.
 */
async function noteChange(
  { note, say }: Answering,
  { method, operationId }: Route,
  by: Administrator | undefined,
  path: AdminAct["path"],
): Promise<void> {
  if (method === "GET" || by === undefined) return;
  try {
    await note({ actor: by.actor, operationId, path });
  } catch (fault) {
    say(
      `admin: ${operationId} by ${by.actor} could not be written to the audit: ${inALine(fault)}`,
    );
  }
}

function nothingHere(routes: readonly Route[]): Refused {
  const served = [...new Set(routes.map(({ path }) => path))].join(", ");
  return new Refused(404, "There is nothing at this address", `Served here: ${served}.`);
}

function methodRefused(atPath: readonly Route[]): AdminReply {
  const allowed = atPath.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return {
    ...replyOf(problem(new Refused(405, "This method is not offered here"))),
    headers: { Allow: allowed.join(", ") },
  };
}

function decoded(path: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(path).map(([name, text]) => {
      try {
        return [name, decodeURIComponent(text)];
      } catch {
        throw new Refused(400, "The address cannot be read", `{${name}} is not percent-encoded`);
      }
    }),
  );
}

function asAnswer(
  fault: unknown,
  route: Route | undefined,
  request: AdminRequest,
  say: (message: string) => void,
): Answer {
  if (fault instanceof Refused) return problem(fault);
  if (fault instanceof BodyFault)
    return problem(
      new Refused(400, "The body cannot be taken", fault.message, { errors: fault.errors }),
    );
  const traceId = traceIdOf(request.traceparent);
  say(`admin: ${route?.operationId ?? request.method} failed, trace ${traceId}: ${inALine(fault)}`);
  return problem(
    new Refused(
      500,
      "The request could not be answered",
      "This is a fault of Portcullis or of its store, not of the request. Its log has the trace id.",
      { traceId },
    ),
  );
}

/** The caller's own trace (W3C Trace Context), or a new one. */
const traceIdOf = (traceparent: string | undefined): string =>
  /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-/.exec(traceparent ?? "")?.[1] ??
  randomBytes(16).toString("hex");

const mostSaid = 300;

/** Without the parameters of the request, which may be secret or somebody's own. */
function inALine(fault: unknown): string {
  if (!(fault instanceof Error)) return "something that is no Error was thrown";
  const { code = "" } = fault as NodeJS.ErrnoException;
  return `${fault.name} ${code} ${fault.message}`.replaceAll(/\s+/g, " ").slice(0, mostSaid);
}

const problem = ({ detail, message, more, status }: Refused): Answer => ({
  status,
  json: { title: message, status, ...(detail === undefined ? {} : { detail }), ...more },
});

function replyOf(answer: Answer): AdminReply {
  const { status } = answer;
  if ("stream" in answer)
    return { status, mediaType: answer.mediaType, body: answer.stream, headers: {} };
  if ("text" in answer)
    return { status, mediaType: answer.mediaType, body: answer.text, headers: {} };
  return {
    status,
    mediaType: status < 400 ? "application/json" : "application/problem+json",
    body: `${JSON.stringify(answer.json)}\n`,
    headers: status === 401 ? { "WWW-Authenticate": "Bearer" } : {},
  };
}
