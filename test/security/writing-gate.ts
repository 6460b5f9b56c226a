import type { Upstream } from "@portcullis/guard/upstream";
import { plannedJourney } from "./planned-journey.ts";

/** A gate that shows what it passes on, for the bodies and queries of all kinds. */

const document = `openapi: 3.1.0
info: { title: Writing, version: "1" }
security: [{ token: [] }]
paths:
  /search:
    get:
      operationId: search
      parameters:
        - { name: q, in: query, schema: { type: string } }
        - { name: page, in: query, schema: { type: integer } }
        - { name: ids, in: query, explode: false, schema: { type: array, items: { type: string } } }
        - { name: X-Count, in: header, schema: { type: integer } }
        - { name: plan, in: cookie, schema: { type: string, pattern: "^[^-]*$" } }
      responses: { "200": { description: ok } }
  /items/{number}:
    get:
      operationId: getItem
      parameters: [{ name: number, in: path, required: true, schema: { type: integer } }]
      responses: { "200": { description: ok } }
  /forms:
    post:
      operationId: sendForm
      requestBody:
        content:
          application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Fields" } }
          multipart/form-data: { schema: { $ref: "#/components/schemas/Fields" } }
          application/json: { schema: { $ref: "#/components/schemas/Fields" } }
          text/plain: { schema: { type: string } }
          application/octet-stream: {}
      responses: { "200": { description: ok } }
  /batches:
    post:
      operationId: sendBatch
      requestBody: { content: { application/json: { schema: { type: object, additionalProperties: true } } } }
      responses: { "200": { description: ok } }
  /hooks:
    post:
      operationId: hook
      parameters: [{ name: q, in: query, schema: { type: string } }]
      requestBody:
        content:
          application/json: { schema: { $ref: "#/components/schemas/Fields" } }
          multipart/form-data: { schema: { $ref: "#/components/schemas/Fields" } }
      responses: { "200": { description: ok } }
components:
  securitySchemes: { token: { type: http, scheme: bearer } }
  schemas:
    Fields:
      type: object
      properties:
        role: { type: string }
        count: { type: integer }
        amount: { type: number, maximum: 100 }
        free: { type: number }
        large: { type: integer, maximum: 9223372036854775807 }
        file: { type: string, format: binary }
        note: { type: string }
`;
const policy = (mode = "enforce"): string => `portcullis: 1
mode: ${mode}
apis: [{ openapi: ./openapi.yaml, upstream: "http://127.0.0.1:9" }]
identity: { issuer: https://login.example, audience: x }
operations:
  - { match: "*", owner: none }
  - { match: hook, body: asSent }
`;

export interface Sent {
  readonly target: string;
  readonly type: string | undefined;
  readonly count: string | undefined;
  readonly cookie?: string | undefined;
  readonly body: string;
}

export async function writingGate(mode?: string): Promise<{
  readonly send: (
    method: string,
    target: string,
    body?: string | Buffer,
    headers?: readonly string[],
  ) => Promise<Sent | string>;
}> {
  let seen: Sent | undefined;
  const backend: Upstream = {
    forward({ body, headers, target }, receiver) {
      const field = (name: string): string | undefined =>
        headers.find((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name);
      seen = {
        target,
        type: field("content-type"),
        count: field("x-count"),
        ...(field("cookie") === undefined ? {} : { cookie: field("cookie") }),
        body: Buffer.isBuffer(body) ? body.toString("latin1") : "",
      };
      setImmediate(() => {
        receiver.onHead(200, []);
        receiver.onEnd([]);
      });
      return { resume: () => undefined, abort: () => undefined };
    },
  };
  const ask = await plannedJourney({ document, policy: policy(mode), backend });
  return {
    async send(method, target, body, headers = []) {
      seen = undefined;
      const { code } = await ask("ann", method, target, body, headers);
      return seen ?? code ?? "nothing";
    },
  };
}

/** One part of a multipart body. */
export const part = (fields: string, content: string): string => `${fields}\r\n\r\n${content}`;
export const named = (name: string): string => `Content-Disposition: form-data; name="${name}"`;
export const multipart = (boundary: string, ...parts: readonly string[]): string =>
  `${parts.map((one) => `--${boundary}\r\n${one}\r\n`).join("")}--${boundary}--\r\n`;
