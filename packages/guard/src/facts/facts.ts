import type { App } from "./app.ts";
import type { Arrival } from "./arrival.ts";
import type { BodyReading, StreamBound } from "./body.ts";
import type { Caller } from "./caller.ts";
import type { Decisions } from "./decision.ts";
import type { Envelope } from "./envelope.ts";
import type { FieldDoubts, HeaderFields } from "./header-fields.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { HeldBytes } from "./held-bytes.ts";
import type { Mode } from "./mode.ts";
import type { Refusal } from "./refusal.ts";
import type { OperationRole } from "../reading/operation-roles.ts";
import type { HeldBy } from "./response-rules.ts";
import type { Urgency } from "../reading/urgency.ts";
import type { AnswerOutcome, Reserved } from "./reserved.ts";

/**
 * Facts without a value: that something has been done. A step that relies on it names it among the
 * facts that it needs, and so can only stand behind the step that does it.
 */
interface Done {
  /** The coarse bound of the caller's network has been asked: what costs more may follow. */
  readonly admitted?: never;
  /**
   * It has been judged whether the caller holds the key that its token is bound to: somebody who
   * has stolen the token must not be taken for the caller.
   */
  readonly bindingJudged?: never;
  /** Who acts in somebody's name has been judged: the caller is the one in whose name it is done. */
  readonly actingJudged?: never;
  /** Handles in path and query have been replaced by the ids that they stand for. */
  readonly idsOpened?: never;
  /** Path, query, header and cookies have been held to the document. */
  readonly parametersJudged?: never;
  /** Path and query stand in the one spelling in which they go on. */
  readonly headWritten?: never;
  /** Whether the caller may use the operation has been judged. */
  readonly entryJudged?: never;
  /** Handles in the body have been replaced by the ids that they stand for. */
  readonly bodyIdsOpened?: never;
  /** The body has been held to the document. */
  readonly bodyJudged?: never;
  /** Answers that tell what exists have been recognized. */
  readonly absenceJudged?: never;
  /** The owner that the answer names has been judged, on the answer as the backend gave it. */
  readonly answerOwnerJudged?: never;
  /** What the caller is shown has been noted, by the ids that the backend knows. */
  readonly shownNoted?: never;
}

/**
 * Everything that may be known of one request. A step of the journey names the facts it needs and
 * those it gives, sees no others, and can only stand behind the steps that give what it needs
 * (order.ts).
 */
export interface Facts extends Done {
  // From the door.
  readonly arrival: Arrival;
  /** Milliseconds since 1970. What is kept for a while is timed by `startedAt`. */
  readonly receivedAtMs: number;
  /** How many seconds another clock is ahead that may be right instead; 0: there is no doubt. */
  readonly clockDoubtSeconds: number;
  /** Milliseconds of a clock that only goes forward. */
  readonly startedAt: number;
  /** What may be held of bodies and answers, over all requests. */
  readonly byteBudget: ByteBudget;
  /** Header fields for the answer, whoever makes it. Flat: name, value. */
  readonly answerFields: string[];
  /** Where a doubt is recorded that does not refuse; what refuses is returned by the step. */
  readonly decisions: Pick<Decisions, "observe">;
  /**
   * For what is mended in place of being refused: it is recorded with its reason, and true where
   * the mending is enforced.
   */
  readonly amend: (because: Refusal) => boolean;

  /** The canonical path: the one spelling that route, policy, limits, record and backend see. */
  path: string;
  /** What stands behind the question mark; empty without one. */
  query: string;
  /** The caller's address: the connection's other end, or what a trusted proxy says. */
  address: string;
  /** Over what the request came from its caller: the connection's own, or a trusted proxy's word. */
  scheme: "http" | "https";
  /** 32 hexadecimal digits (W3C Trace Context). */
  traceId: string;
  readonly fields: HeaderFields;
  /** The Host field in its one spelling; undefined where none was sent. */
  host: string | undefined;
  /** Fields that go on to the backend: end to end, and none that only the gate may send. Flat. */
  forwardFields: string[];
  /** Undefined where every name has one spelling and belongs to no single connection. */
  fieldDoubts: FieldDoubts | undefined;

  /** The API version asked for: a name of `apis[].version`, or empty where the path tells. */
  version: string | undefined;

  /**
   * What an SDK has put beside the data of the body, such as its session: taken out of `bodyBytes`,
   * and put back for the backend. Undefined where the body has none.
   */
  envelope: Envelope | undefined;
  /** What the operation is for; undefined where the policy does not say. */
  role: OperationRole | undefined;
  /** What an attempt is at, such as a user name; empty where nothing names it. Never recorded. */
  target: string;
  /** Whether what was tried has failed, by the backend's own answer. */
  answerOutcome: AnswerOutcome;

  /** Raw segments that stand for the path template's parameters, in the template's order. */
  pathParameters: string[];

  /**
   * Which build of the app says that it calls. Anybody can claim to be any build, so nothing may be
   * permitted because of it.
   */
  app: App | undefined;

  /** The access token that was verified. */
  accessToken: string | undefined;
  /** What the backend is to be sent another token in place of; undefined where it is sent as it came. */
  exchanging:
    | {
        readonly source: string;
        readonly credential: string;
        readonly replaceBy: (token: string) => void;
      }
    | undefined;
  /** Undefined when nobody signed in. */
  caller: Caller | undefined;
  /** In whose name it is asked to act, and why, as it was sent; undefined where nobody asks. */
  actingAsked:
    | {
        readonly names: readonly string[];
        readonly reasons: readonly string[];
        /** One of the fields came in a spelling that others may read as it. */
        readonly isMisspelt: boolean;
      }
    | undefined;

  /**
   * What is remembered of the caller's credential, where the credential itself does not say it: to
   * be forgotten, or to be asked again where it can be.
   */
  rememberedCaller: { forget(): void; doubt(): void } | undefined;

  /**
   * Judges the access token again, where an exchange outlasts its request; undefined where no
   * token is verified.
   */
  believes:
    | ((accessToken: string, nowSeconds: number, doubtSeconds: number) => Refusal | undefined)
    | undefined;
  /** False where the token names a key, and nothing shows that the caller holds it. */
  keyShown: boolean;

  /** The body as bytes, once it was read; as they will be sent on. */
  bodyBytes: Buffer | undefined;
  /** The room that those bytes take among all that are held. */
  heldBytes: HeldBytes | undefined;
  /** The body as it was read by its media type; undefined where nothing reads it. */
  body: unknown;
  /** That no body came is known. */
  bodyAbsent: boolean;
  /** How the body's media type is read; undefined where none was declared, or none came. */
  bodyReading: BodyReading | undefined;

  /** How large a body may be that no control reads, and what is said of a larger one. */
  streamBound: StreamBound | undefined;
  /** Parts that go on as they were sent, because they have no one reading: `query`, `body`. */
  unwritten: string[] | undefined;

  /** How much it matters, and how long its answer is of use; the usual until the route is known. */
  urgency: Urgency;
  /** Whether it is given up for this caller where the backend is full. */
  readonly shedding: Mode;

  /** Owner clauses, by bit, that only the answer can decide. */
  ownerPending: number;

  /** Whether the object that the path names was shown to the caller before; undefined: not known. */
  wasShown: boolean | undefined;

  /** What is done about the caller because of an incident; undefined: nothing. */
  held: HeldBy | undefined;

  /** Whom, and at which class of operations, what becomes of the request is held against. */
  pressed: { readonly key: string; readonly operations: string } | undefined;

  /** What was taken from limits, until it is settled by what becomes of the request. */
  reserved: Reserved | undefined;

  /** The steps of a flow that the request has used up, until its answer shows what was done. */
  flowUsed: { putBack(): void } | undefined;

  /** The seat among its caller's WebSockets that this one has taken, until it has ended. */
  webSocketSeat: { leave(): void } | undefined;

  /** The answer as the document declares it, where something was taken from it. */
  declaredAnswer: unknown;
  /** Pointers of properties that were taken from the answer, or would have been. */
  stripped: readonly string[] | undefined;
}

export type Fact = keyof Facts;

/** Known from the first moment on. */
type FromTheDoor =
  | "arrival"
  | "byteBudget"
  | "clockDoubtSeconds"
  | "receivedAtMs"
  | "startedAt"
  | "answerFields"
  | "decisions"
  | "amend"
  | "shedding"
  | "urgency";

/** What a step may see and write: the facts it needs, those it gives, and the door's. */
export type Known<N extends Fact, G extends Fact = never> = Readonly<
  Pick<Facts, Exclude<N, G> | FromTheDoor>
> &
  Pick<Facts, G>;
