import type { UncheckedPart } from "../../packages/guard/src/document/api-document.ts";

/** One kind of fault that documents have, in the smallest document that has it. */
export interface FaultKind {
  /** What is wrong, as people would say it. */
  readonly name: string;
  /** The document below its head; it begins at line 3. */
  readonly text: string;
  /** What is said of it, and in which line. */
  readonly line: number;
  readonly says: RegExp;
  /** What the operation `act` loses by it. */
  readonly unchecked: readonly UncheckedPart[];
}

export const headOf = (version: string): string =>
  `openapi: ${version}\ninfo: { title: Kinds, version: v1 }\n`;

const schemes = "components: { securitySchemes: { token: { type: http, scheme: bearer } } }";
const body = (schema: string): string =>
  `requestBody: { content: { application/json: { schema: ${schema} } } }`;
export const ok = 'responses: { "200": { description: ok } }';

/** An operation `act` with this in it, from line 6 on. */
export const operation = (inside: string, path = "/act"): string =>
  `${schemes}\npaths:\n  ${path}:\n    post:\n      operationId: act\n      security: []\n      ${inside}\n`;
export const withSchema = (schema: string): string => operation(`${ok}\n      ${body(schema)}`);

export const kind = (
  name: string,
  text: string,
  line: number,
  says: RegExp,
  ...unchecked: readonly UncheckedPart[]
): FaultKind => ({ name, text, line, says, unchecked });
