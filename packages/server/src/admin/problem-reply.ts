import { randomBytes } from "node:crypto";
import type { BeginStream } from "./event-stream.ts";
import { type Answer, Refused } from "./route.ts";
import { BodyFault } from "./shape.ts";

/** An answer as it is sent. */
export interface AdminReply {
  readonly status: number;
  readonly mediaType: string;
  readonly body: string | Uint8Array | BeginStream;
  readonly headers: Readonly<Record<string, string>>;
}

/** What was being done when it failed, and where its caller can be told of it. */
export interface Failing {
  /** An operation's id, or the method where none was found. */
  readonly what: string;
  readonly traceparent: string | undefined;
  readonly say: (message: string) => void;
}

/** What a fault is to its caller: a problem of their own, or one of this program without its words. */
export function asAnswer(fault: unknown, { say, traceparent, what }: Failing): Answer {
  if (fault instanceof Refused) return problem(fault);
  if (fault instanceof BodyFault)
    return problem(
      new Refused(400, "The body cannot be taken", fault.message, { errors: fault.errors }),
    );
  const traceId = traceIdOf(traceparent);
  say(`admin: ${what} failed, trace ${traceId}: ${inALine(fault)}`);
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
export function inALine(fault: unknown): string {
  if (!(fault instanceof Error)) return "something that is no Error was thrown";
  const { code = "" } = fault as NodeJS.ErrnoException;
  return `${fault.name} ${code} ${fault.message}`.replaceAll(/\s+/g, " ").slice(0, mostSaid);
}

export const problem = ({ detail, message, more, status }: Refused): Answer => ({
  status,
  json: { title: message, status, ...(detail === undefined ? {} : { detail }), ...more },
});

export function replyOf(answer: Answer): AdminReply {
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
