import type { OperationRole } from "../reading/operation-roles.ts";

/**
 * What an OpenAPI document says an operation is, after reading: references followed, 3.0 schemas
 * raised to JSON Schema 2020-12, the server's base path joined to the template. This is the shape
 * that contracts, policy and journey share.
 */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/**
 * Schemas by the name they are referred to: `{ $ref: "#/$defs/<name>" }` inside any schema of the
 * document points here, across files too (the reader renames). Names are plain `[A-Za-z0-9._-]+`.
 */
export type SchemaRegistry = Readonly<Record<string, JsonSchema>>;

export interface SourcePosition {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/**
 * Something in an operator's file that is not understood. Faults are collected, so that one reading
 * names them all.
 */
export interface Fault extends SourcePosition {
  readonly severity: "error" | "warning";
  readonly message: string;
  /**
   * The document is served all the same: what is named here was read otherwise, or is left
   * unchecked. With `--strict` it keeps the document from being served.
   */
  readonly tolerated?: true;
  /** A whole file that another one refers to is not there, or cannot be read. */
  readonly losesFile?: true;
  /** What would have been understood. */
  readonly expected?: string;
  /** What to write instead, where that can be told. */
  readonly mend?: string;
}

export type ParameterLocation = "path" | "query" | "header" | "cookie" | "querystring";

export interface Parameter {
  readonly name: string;
  readonly in: ParameterLocation;
  readonly required: boolean;
  readonly style:
    | "matrix"
    | "label"
    | "simple"
    | "form"
    | "spaceDelimited"
    | "pipeDelimited"
    | "deepObject"
    | "cookie";
  readonly explode: boolean;
  readonly allowReserved: boolean;
  readonly allowEmptyValue: boolean;
  /** Exactly one of `schema` and `content` is present. */
  readonly schema?: JsonSchema;
  readonly content?: MediaTypeContract;
}

export interface MediaTypeContract {
  /** As written in the document: `application/json`, `image/*`, `application/json; v=2`. */
  readonly mediaType: string;
  readonly schema?: JsonSchema;
  /** Per-property encoding of form and multipart bodies. */
  readonly encoding?: Readonly<
    Record<string, { contentType?: string; style?: string; explode?: boolean; headers?: unknown }>
  >;
}

export interface RequestBodyContract {
  readonly required: boolean;
  readonly content: readonly MediaTypeContract[];
}

export interface ResponseContract {
  /** `200`, `4XX`, `default`. */
  readonly status: string;
  readonly content: readonly MediaTypeContract[];
  readonly headers: Readonly<Record<string, { required: boolean; schema?: JsonSchema }>>;
}

/** The messages of a WebSocket, which are JSON where a schema describes them. */
export interface MessageContract {
  readonly request?: JsonSchema;
  readonly response?: JsonSchema;
}

/**
 * One way in: every scheme named must be satisfied, with its scopes. An empty object lets anybody
 * in.
 */
export type SecurityRequirement = Readonly<Record<string, readonly string[]>>;

export interface SecurityScheme {
  readonly name: string;
  readonly type: "apiKey" | "http" | "mutualTLS" | "oauth2" | "openIdConnect";
  /** http: `bearer`, `basic`, ... in lower case. */
  readonly scheme?: string;
  /** apiKey: where and under which name. */
  readonly in?: "query" | "header" | "cookie";
  readonly parameterName?: string;
}

/** What of an operation cannot be checked as its document says, because it cannot be read. */
export type UncheckedPart = "request" | "response" | "security";

/** What an operation is for: what detectors would otherwise have to be told by the policy. */
export interface OperationPurpose {
  readonly role: OperationRole;
  /** The property of the body that names what is tried. */
  readonly target?: string;
  /** Statuses of answers that are failures. */
  readonly failures?: readonly number[];
}

export interface Operation {
  /** `GET /v1/accounts/{accountId}`: unique within a policy. */
  readonly key: string;
  readonly operationId?: string;
  readonly method: string;
  /** With the server's base path: `/v1/accounts/{accountId}`. */
  readonly pathTemplate: string;
  readonly tags: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: RequestBodyContract;
  readonly responses: readonly ResponseContract[];
  /**
   * The operation's own or the document's; undefined when neither says anything, which is not the
   * same as `[]`.
   */
  readonly security?: readonly SecurityRequirement[];
  /** What a WebSocket's messages hold, of the caller and of the backend: `x-portcullis-messages`. */
  readonly messages?: MessageContract;
  /** Operations of the document that its answers link to: by operationId, or by key. */
  readonly links?: readonly string[];
  readonly deprecated: boolean;
  /** What it is for, where the document is the program's own. */
  readonly purpose?: OperationPurpose;
  readonly summary?: string;
  /** Absent where the document was understood. Security that is unreadable lets nobody in. */
  readonly unchecked?: readonly UncheckedPart[];
  readonly position: SourcePosition;
}

export interface ApiDocument {
  readonly file: string;
  readonly openapi: "3.0" | "3.1" | "3.2";
  readonly title: string;
  readonly apiVersion: string;
  readonly operations: readonly Operation[];
  readonly schemas: SchemaRegistry;
  readonly securitySchemes: readonly SecurityScheme[];
}
