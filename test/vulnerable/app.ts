import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export type Schema = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, unknown>>;

/** A request, as an application's handler sees it. */
export interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** What the body holds as JSON; empty without one. */
  readonly body: Fields;
  readonly headers: IncomingHttpHeaders;
}

export interface Said {
  readonly status?: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One operation of an application: its handler, and what its document says of it. */
export interface Route<User> {
  /** `GET /orders/{orderId}` */
  readonly at: string;
  readonly id: string;
  /** Anybody may call it. */
  readonly open?: true;
  readonly query?: readonly string[];
  readonly body?: Schema;
  readonly answer?: Schema;
  readonly say: (asked: Asked, user: User) => Said;
}

/** What a client sends. */
export interface Sent {
  readonly at: string;
  readonly as?: "ann" | "ben";
  readonly body?: Fields;
}

/** A way to get what is another's. Open where the application stands bare. */
export interface Hole extends Sent {
  readonly name: string;
}

/** A request of a rightful client. */
export type Step = Sent;

/** How a client of the application shows who it is. */
export interface Credential {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Fields;
}

/** Sends a POST of JSON to the application. */
export type Post = (
  path: string,
  body: Fields,
) => Promise<{ readonly json: unknown; readonly cookie: string }>;

/** An application that looks at who calls, and hardly ever at whose the things are. */
export interface VulnerableApp {
  readonly name: string;
  readonly routes: readonly Route<never>[];
  /** `components.securitySchemes` of its document: one scheme. */
  readonly scheme: Schema;
  readonly schemas?: Readonly<Record<string, Schema>>;
  /** Undefined for nobody. */
  userOf(asked: Asked): unknown;
  /** Everything as it was in the beginning, but for who is signed in. */
  reset(): void;
  /** How a person signs in, by POSTs of JSON. */
  signIn(post: Post, person: "ann" | "ben"): Credential | Promise<Credential>;
  /** What `learn owners` is told of a person. */
  learnAs(person: "ann" | "ben"): Fields;
  readonly holes: readonly Hole[];
  readonly steps: readonly Step[];
  /** At most 60 lines; `UPSTREAM` stands for where the application answers. */
  readonly policy: string;
  /** Variables of the environment that the policy names. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Files beside the policy. */
  readonly files?: Readonly<Record<string, string>>;
}

export const defineApp = <User>(
  app: Omit<VulnerableApp, "routes" | "userOf"> & {
    readonly routes: readonly Route<User>[];
    userOf(asked: Asked): User | undefined;
  },
): VulnerableApp => app;

/** A schema of an object whose properties are of these types. */
export const props = (of: Readonly<Record<string, Schema | "integer" | "string">>): Schema => ({
  type: "object",
  properties: Object.fromEntries(
    Object.entries(of).map(([name, type]) => [name, typeof type === "string" ? { type } : type]),
  ),
});
export const listOf = (items: Schema): Schema => ({ type: "array", items });
/** `token` of a sign-in's answer. */
export const tokenIn = (json: unknown): string => String((json as Fields)["token"]);
export const notFound: Said = { status: 404, json: { error: "not found" } };
/** What stands there, or that nothing does. */
export const found = (json: unknown): Said => (json === undefined ? notFound : { json });

const parametersOf = (path: string, query: readonly string[]): unknown[] => [
  ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  })),
  ...query.map((name) => ({ name, in: "query", schema: { type: "string" } })),
];
const json = (schema: Schema | undefined): Schema => ({
  content: { "application/json": { schema: schema ?? {} } },
});

/** The application's OpenAPI document. */
export function documentOf({ name, routes, scheme, schemas = {} }: VulnerableApp): string {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { answer, at, body, id, open, query = [] } of routes) {
    const [method = "", path = ""] = at.split(" ");
    (paths[path] ??= {})[method.toLowerCase()] = {
      operationId: id,
      parameters: parametersOf(path, query),
      ...(open === true ? { security: [] } : {}),
      ...(body === undefined ? {} : { requestBody: { required: true, ...json(body) } }),
      responses: { "200": { description: "ok", ...json(answer) } },
    };
  }
  return JSON.stringify({
    openapi: "3.1.0",
    info: { title: name, version: "v1" },
    security: [{ caller: [] }],
    paths,
    components: { securitySchemes: { caller: scheme }, schemas },
  });
}

export interface RunningApp {
  readonly url: string;
  /** Requests that have reached it: `GET /orders/1`. */
  readonly reached: string[];
  close(): void;
}

/** Serves an application with plain node:http, as it would stand bare. */
export async function startApp(app: VulnerableApp): Promise<RunningApp> {
  const reached: string[] = [];
  const routes = app.routes.map((route) => ({ ...route, ...compileAt(route.at) }));
  const answer = async (request: IncomingMessage): Promise<Said> => {
    const url = new URL(request.url ?? "/", "http://app");
    reached.push(`${request.method} ${url.pathname}`);
    const written = await text(request);
    const body = written === "" ? {} : (JSON.parse(written) as Fields);
    for (const { match, method, open, say } of routes) {
      const params = method === request.method ? match(url.pathname) : undefined;
      if (params === undefined) continue;
      const asked = { params, query: url.searchParams, body, headers: request.headers };
      const user = app.userOf(asked);
      return user === undefined && open !== true
        ? { status: 401, json: { error: "who are you" } }
        : say(asked, user as never);
    }
    return notFound;
  };
  const server = createServer((request, response) => {
    void answer(request)
      .catch((): Said => ({ status: 500, json: { error: "it broke" } }))
      .then(({ headers = {}, json: said = {}, status = 200 }) =>
        response
          .writeHead(status, { "Content-Type": "application/json", ...headers })
          .end(JSON.stringify(said)),
      );
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reached,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function compileAt(at: string) {
  const [method = "", path = ""] = at.split(" ");
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const pattern = new RegExp(`^${path.replaceAll(/\{\w+\}/g, "([^/]+)")}$`);
  return {
    method,
    match: (given: string): Record<string, string> | undefined => {
      const parts = pattern.exec(given)?.slice(1);
      return parts === undefined
        ? undefined
        : Object.fromEntries(
            names.map((name, index) => [name, decodeURIComponent(parts[index] ?? "")]),
          );
    },
  };
}
