// OpenAPI documents: how they are read, and what they say.
export type {
  ApiDocument,
  Fault,
  JsonSchema,
  MediaTypeContract,
  Operation,
  Parameter,
  SchemaRegistry,
} from "../document/api-document.ts";
export { readTemplate } from "../document/path-template.ts";
export { readDocument } from "../document/read-document.ts";
export { readOpenApi } from "../document/read-openapi.ts";
export { isNamedLikeSignIn } from "../document/named-like-sign-in.ts";
export { itemSchema, memberNames, memberSchema } from "../document/schema/schema-walk.ts";
