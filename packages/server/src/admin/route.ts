import type { Administrator, AdminRole } from "./administrator.ts";
import type { BeginStream } from "./event-stream.ts";
import { compileTemplate } from "./path-template.ts";
import type { BodyError, JsonSchema, Shape } from "./shape.ts";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

/** What a handler answers. */
export type Answer =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: number; readonly text: string; readonly mediaType: string }
  | { readonly status: number; readonly stream: BeginStream; readonly mediaType: string };

export interface RouteRequest<B> {
  /** The parameters of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** As its shape has read it. */
  readonly body: B;
  /** Who asks; undefined where nobody has to say who they are. */
  readonly by: Administrator | undefined;
  /** Why, where they say so (Portcullis-Why). */
  readonly why?: string | undefined;
  /** The last event of a stream that its reader has (Last-Event-ID). */
  readonly lastEventId?: string | undefined;
}

export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonSchema;
}

/** An answer that a route gives when all is well. */
export interface AnswerShape {
  readonly status: number;
  readonly description: string;
  readonly mediaType?: string;
  readonly schema: JsonSchema;
}

interface RouteOf<B> {
  readonly method: Method;
  /** A path template as OpenAPI has it: `/users/{id}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  /** Health is told to everybody who reaches the port, everything else to those who may see it. */
  readonly needs: "nothing" | AdminRole;
  /**
   * Whether somebody who is signed in to the console shows the passkey again before it is done. A
   * program's token is not asked for more.
   */
  readonly confirm?: boolean | ((request: RouteRequest<B>) => boolean);
  readonly query?: readonly QueryParameter[];
  readonly body?: Shape<B>;
  /** What of the body says whom or what a change is about; the path says it without. */
  readonly audited?: (body: B) => Readonly<Record<string, string>>;
  readonly answer: AnswerShape;
  readonly handle: (request: RouteRequest<B>) => Answer | Promise<Answer>;
}

/** One line of the table of routes, whatever its body is. */
export type Route = Omit<RouteOf<unknown>, "audited" | "body" | "confirm" | "handle"> & {
  readonly body: Shape<unknown> | undefined;
  readonly audited: ((body: unknown) => Readonly<Record<string, string>>) | undefined;
  readonly confirms: (request: RouteRequest<unknown>) => boolean;
  /** The parameters of a path that fits, not decoded; undefined for one that does not. */
  readonly match: (path: string) => Readonly<Record<string, string>> | undefined;
  readonly handle: (request: RouteRequest<unknown>) => Answer | Promise<Answer>;
};

/** Ties a handler to the shape of its body. */
export const route = <B = undefined>({
  audited,
  body,
  confirm = false,
  handle,
  ...rest
}: RouteOf<B>): Route => ({
  ...rest,
  body,
  audited: audited === undefined ? undefined : (read) => audited(read as B),
  confirms: (request) =>
    typeof confirm === "boolean" ? confirm : confirm(request as RouteRequest<B>),
  match: compileTemplate(rest.path),
  handle: (request) => handle(request as RouteRequest<B>),
});

export const ok = (json: unknown): Answer => ({ status: 200, json });
export const created = (json: unknown): Answer => ({ status: 201, json });

/** Refusals that the console acts upon. */
export const refusalCodes = [
  "act-token-missing",
  "foreign-host",
  "foreign-origin",
  "link-ended",
  "locks-you-out",
  "name",
  "name-taken",
  "nobody",
  "passkey-needed",
  "proof",
  "role-too-low",
  "sign-in-needed",
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** A problem document (RFC 9457) in place of what was asked for. */
export class Refused extends Error {
  readonly status: number;
  readonly detail: string | undefined;
  readonly more: {
    readonly errors?: readonly BodyError[];
    readonly traceId?: string;
    /** What a program does by: its words may change, and this does not. */
    readonly code?: RefusalCode;
    /** The role that it needs, and that of whoever asks. */
    readonly needs?: AdminRole;
    readonly role?: AdminRole | undefined;
  };

  constructor(status: number, title: string, detail?: string, more: Refused["more"] = {}) {
    super(title);
    this.status = status;
    this.detail = detail;
    this.more = more;
  }
}

/** A handler whose faults of this kind, said in words for a person, are the caller's to mend. */
export const refusing =
  <B>(
    Fault: new (message: string) => Error,
    handle: (request: RouteRequest<B>) => Promise<Answer>,
  ): ((request: RouteRequest<B>) => Promise<Answer>) =>
  async (request) => {
    try {
      return await handle(request);
    } catch (fault) {
      if (fault instanceof Fault) throw new Refused(400, "This cannot be done", fault.message);
      throw fault;
    }
  };

/** A number of rows asked for in the query, held to what is given at once. */
export function mostOf(query: URLSearchParams, otherwise: number): number {
  const asked = Number(query.get("most") ?? otherwise) || otherwise;
  return Math.min(Math.max(asked, 1), mostRows);
}

const mostRows = 1000;

export const mostParameter = (otherwise: number): QueryParameter => ({
  name: "most",
  description: "How many at most, the newest first.",
  schema: { type: "integer", minimum: 1, maximum: mostRows, default: otherwise },
});
