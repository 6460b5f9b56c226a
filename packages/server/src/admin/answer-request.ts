import type { IncomingHttpHeaders } from "node:http";
import type { AdminCredential } from "./admin-credential.ts";
import type { AdminTokens } from "./admin-tokens.ts";
import { type Administrator, mayDo } from "./administrator.ts";
import { endingWith } from "./event-stream.ts";
import { type AdminReply, asAnswer, inALine, problem, replyOf } from "./problem-reply.ts";
import { type Answer, Refused, type Route, type RouteRequest } from "./route.ts";

/** One request, as far as the table of routes needs to know it. */
export interface AdminRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly traceparent: string | undefined;
  /** @throws BodyFault when it is no JSON, or larger than anything here is */
  readJson(): Promise<unknown>;
}

/** A change that somebody has asked for. */
export interface AdminAct {
  readonly actor: string;
  readonly operationId: string;
  /** What the path names, and what of the body says it too: whom or what it is about. */
  readonly path: Readonly<Record<string, string>>;
  /** In their own words, where they have said so. */
  readonly why: string | undefined;
}

/** @throws Refused where a browser asks that may not */
export interface SignedInPeople {
  administratorOf(request: AdminRequest): Promise<Administrator | undefined>;
}

export interface Answering {
  readonly routes: readonly Route[];
  readonly credential: AdminCredential;
  /** Undefined where there is no store to keep them in. */
  readonly tokens: Pick<AdminTokens, "identify"> | undefined;
  /** Who is signed in to the console; undefined where nobody can. */
  readonly access?: SignedInPeople | undefined;
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
    const asked: RouteRequest<unknown> = {
      path: decoded(matched.match(url.pathname) ?? {}),
      query: url.searchParams,
      body: matched.body?.read(await request.readJson(), ""),
      by,
      why: whyOf(request),
      lastEventId: oneOf(request.headers["last-event-id"]),
    };
    holdToPasskey(matched, asked);
    await noteChange(answering, matched, asked);
    return replyOf(whileSignedIn(await matched.handle(asked), by));
  } catch (fault) {
    const what = matched?.operationId ?? request.method;
    return replyOf(asAnswer(fault, { what, traceparent: request.traceparent, say: answering.say }));
  }
}

/** What goes on being sent ends with the sign-in that it was begun by. */
const whileSignedIn = (answer: Answer, by: Administrator | undefined): Answer => {
  const session = by?.session;
  return "stream" in answer && session !== undefined
    ? { ...answer, stream: endingWith(answer.stream, () => session.stands()) }
    : answer;
};

const oneOf = (value: string | readonly string[] | undefined): string | undefined =>
  typeof value === "string" ? value : undefined;

const mostWhy = 500;

/** @throws Refused where it cannot be read: whoever says why wants to have it written down */
function whyOf({ headers }: AdminRequest): string | undefined {
  const sent = oneOf(headers["portcullis-why"]);
  if (sent === undefined) return undefined;
  try {
    const why = decodeURIComponent(sent).trim();
    if (why.length <= mostWhy) return why === "" ? undefined : why;
  } catch {
    // Refused below, as what is too long is.
  }
  throw new Refused(
    400,
    "Portcullis-Why cannot be read",
    `It is percent-encoded UTF-8 of at most ${mostWhy} characters.`,
  );
}

const isOpen = (routes: readonly Route[]): boolean =>
  routes.length > 0 && routes.every(({ needs }) => needs === "nothing");

/** @throws Refused where nobody has shown a credential that is known and has not ended */
async function administratorOf(
  { access, credential, tokens }: Answering,
  request: AdminRequest,
): Promise<Administrator> {
  const { authorization } = request.headers;
  const presented = /^Bearer ([A-Za-z0-9_-]{1,200})$/.exec(authorization ?? "")?.[1];
  if (presented !== undefined && credential.fits(presented))
    return { actor: "admin", role: "admin" };
  const by =
    authorization === undefined
      ? await access?.administratorOf(request)
      : await tokens?.identify(presented ?? "");
  if (by !== undefined) return by;
  throw new Refused(
    401,
    "The admin's credential is needed",
    `Send 'Authorization: Bearer' with the content of ${credential.file}, or with a token of 'portcullis admin add'; people sign in at /sign-in.`,
    { code: "sign-in-needed" },
  );
}

/** @throws Refused where whoever asks may not do this */
function holdToRole({ needs, operationId }: Route, by: Administrator | undefined): void {
  if (needs === "nothing" || (by !== undefined && mayDo(by.role, needs))) return;
  throw new Refused(
    403,
    "This role may not do that",
    `${operationId} needs the role ${needs}; ${by?.session === undefined ? "this token has" : "you have"} the role ${by?.role ?? "none"}.`,
    { code: "role-too-low", needs, role: by?.role },
  );
}

/** @throws Refused where somebody is signed in and has not shown the passkey for a while */
function holdToPasskey({ confirms, operationId }: Route, asked: RouteRequest<unknown>): void {
  if (asked.by?.session === undefined || !confirms(asked) || asked.by.session.isConfirmed()) return;
  throw new Refused(
    403,
    "Show your passkey again",
    `${operationId} reaches far: it asks for the passkey of the last five minutes.`,
    { code: "passkey-needed" },
  );
}

/**
 * Before the change: one that nobody could write down must not look as if nobody had made it. A
 * lost audit does not keep an operator from ending an attack, and is said instead.
 */
async function noteChange(
  { note, say }: Answering,
  { audited, method, operationId }: Route,
  { body, by, path, why }: RouteRequest<unknown>,
): Promise<void> {
  if (method === "GET" || by === undefined) return;
  try {
    await note({ actor: by.actor, operationId, path: { ...path, ...audited?.(body) }, why });
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
