import type { ApiDocument, Operation } from "../document/api-document.ts";
import type { PathTemplate } from "../document/path-template.ts";
import type { ResponseTable } from "../document/responses.ts";
import type { SchemaCompiler } from "../document/schema/compile-schema.ts";
import type { BackendReading } from "../policy/backend-reading.ts";
import type { Facts } from "../facts/facts.ts";
import type { Problem } from "../facts/problem.ts";
import type { Stages } from "../facts/stage.ts";

/** What a control may ask of the gate when it is opened. */
export interface GateAt {
  /** In the order of the plan's `apis`. */
  readonly documents: readonly ApiDocument[];
  /** Asks the backend of one of the plan's APIs. */
  readonly backendOf: (api: number) => AskBackend;
  /** The origin of `publicUrl`. */
  readonly origin: string | undefined;
  /** Every way in which the gate says no, of all controls. */
  readonly problems: readonly Problem[];
  /** Methods that any version offers at a path; to be asked when requests come, not before. */
  readonly methodsAt: (path: string) => readonly string[];
  /** Who has been seen in the stages of modes; undefined where no mode is staged by app version. */
  readonly stages: Stages | undefined;
  /** The template that a path fits, whatever the method; its raw segments go to `parameters`. */
  readonly templateOf: (path: string, parameters: string[]) => PathTemplate | undefined;
}

/** What all operations of one API share when they are compiled. */
export interface ApiAt {
  /** Its place among the plan's `apis`. */
  readonly index: number;
  readonly document: ApiDocument;
  /** The built-in issuer's own endpoints and pages. */
  readonly issuer: boolean;
  readonly requestSchemas: SchemaCompiler;
  readonly responseSchemas: SchemaCompiler;
  readonly backend: AskBackend;
  readonly backendReads: BackendReading;
  /** Whether connections to the backend can be handed over, as a WebSocket asks. */
  readonly upgrades: boolean;
}

/** What a control compiles one operation with. */
export interface OperationAt<Live, Whole> {
  /** operationId, or `METHOD /path`; `(undeclared)` for what no document names. */
  readonly name: string;
  /** Undefined, with `api`, for what no document names. */
  readonly operation: Operation | undefined;
  readonly api: ApiAt | undefined;
  /** The operation's responses; none for what no document names. */
  readonly responses: ResponseTable;
  /** Whether anybody may enter. Undefined where no rule says who may. */
  readonly anonymous: boolean | undefined;
  readonly live: Live;
  readonly whole: Whole;
}

/** What of a request is needed to ask the backend in its caller's name. */
export type AskingFacts = Readonly<
  Pick<
    Facts,
    | "address"
    | "arrival"
    | "caller"
    | "envelope"
    | "fields"
    | "forwardFields"
    | "host"
    | "receivedAtMs"
    | "scheme"
    | "shedding"
    | "startedAt"
    | "traceId"
    | "urgency"
  >
>;

/** The backend's answer to a question of the gate's own. */
export type Told =
  | {
      readonly status: number;
      readonly body: Buffer;
      /** Whether caches may give it to others than its caller (RFC 9111), or one has given it. */
      readonly isShared?: boolean;
    }
  /** Why there is no answer. */
  | { readonly failed: string };

/**
 * Asks the API's backend a GET as the caller would, with the caller's own fields but for those that
 * speak of its request's body and conditions.
 */
export type AskBackend = (known: AskingFacts, target: string, mostBytes: number) => Promise<Told>;
