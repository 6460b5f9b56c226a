import { adminRoles, roleWords } from "./administrator.ts";
import { namesIn } from "./path-template.ts";
import type { Route } from "./route.ts";
import type { JsonSchema } from "./shape.ts";

const problem = {
  type: "object",
  description: "A problem document (RFC 9457).",
  properties: {
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    errors: {
      type: "array",
      description: "What of a body is not as it has to be.",
      items: {
        type: "object",
        properties: {
          pointer: { type: "string", description: "A JSON Pointer (RFC 6901) into the body." },
          detail: { type: "string" },
        },
        required: ["pointer", "detail"],
      },
    },
    traceId: { type: "string", description: "Of a fault of this program: look for it in its log." },
  },
  required: ["title", "status"],
};

const inWords: Readonly<Record<number, string>> = {
  400: "The request cannot be taken as it is; the answer says where.",
  401: "The admin's credential, or a token, is needed.",
  403: "The token's role may not do this.",
  404: "There is nothing of this name.",
  500: "A fault of this program; its log has a line with the same trace id.",
};

/** The OpenAPI 3.1 document of a table of routes. */
export function openApiDocument(routes: readonly Route[]): JsonSchema {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes)
    (paths[route.path] ??= {})[route.method.toLowerCase()] = operationOf(route);
  return {
    openapi: "3.1.1",
    info: {
      title: "Portcullis admin",
      version: "1",
      description: "What an administrator sees and changes of a running Portcullis.",
    },
    paths,
    components: {
      schemas: { Problem: problem },
      securitySchemes: {
        admin: {
          type: "http",
          scheme: "bearer",
          description: `The content of the file admin-token, which the first start makes and which has the role admin, or a token of 'portcullis admin add'. ${adminRoles.map((role) => `${role}: ${roleWords[role]}`).join("; ")}.`,
        },
      },
    },
  };
}

function operationOf(route: Route): JsonSchema {
  const { answer, body, needs, operationId, path, query = [], summary } = route;
  const isOpen = needs === "nothing";
  const problems = [
    ...(body === undefined && query.length === 0 ? [] : [400]),
    ...(isOpen ? [] : [401]),
    ...(isOpen || needs === "viewer" ? [] : [403]),
    ...(namesIn(path).length === 0 ? [] : [400, 404]),
    500,
  ];
  return {
    operationId,
    summary,
    description: isOpen ? "Open to whoever reaches the port." : `Needs the role ${needs}.`,
    security: isOpen ? [] : [{ admin: [] }],
    parameters: [
      ...namesIn(path).map((name) => ({
        name,
        in: "path",
        required: true,
        schema: { type: "string" },
      })),
      ...query.map((parameter) => ({ ...parameter, in: "query", required: false })),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: { "application/json": { schema: body.schema } },
          },
        }),
    responses: {
      [answer.status]: {
        description: answer.description,
        content: { [answer.mediaType ?? "application/json"]: { schema: answer.schema } },
      },
      ...Object.fromEntries(problems.map((status) => [status, problemAnswer(status)])),
    },
  };
}

const problemAnswer = (status: number): JsonSchema => ({
  description: inWords[status],
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
});
