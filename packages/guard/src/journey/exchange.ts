import type { App } from "../facts/app.ts";
import type { Arrival } from "../facts/arrival.ts";
import type { BodyReading, StreamBound } from "../facts/body.ts";
import type { Caller } from "../facts/caller.ts";
import { Decisions, modeOf } from "../facts/decision.ts";
import type { Facts } from "../facts/facts.ts";
import { type FieldDoubts, type HeaderFields, noHeaderFields } from "../facts/header-fields.ts";
import type { Mode } from "../facts/mode.ts";
import type { DecisionRecord } from "../facts/record.ts";
import type { Refusal } from "../facts/refusal.ts";
import { type Urgency, usualUrgency } from "../reading/urgency.ts";
import type { Clock } from "../ports/clock.ts";
import type { ByteBudget } from "../facts/byte-budget.ts";
import type { BodyFrame } from "./body-frame.ts";
import type { Course } from "./course.ts";

/** What all requests share. */
export interface ExchangeParts {
  readonly clock: Clock;
  readonly byteBudget: ByteBudget;
}

/**
 * One request in flight: the facts established about it, and how far it has come. Steps see of it
 * what they have asked for; what stands below the facts is the journey's own.
 */
export class Exchange implements Facts {
  readonly arrival: Arrival;
  readonly receivedAtMs: number;
  readonly clockDoubtSeconds: number;
  readonly startedAt: number;
  readonly byteBudget: ByteBudget;
  readonly answerFields: string[] = [];
  readonly decisions = new Decisions();

  path = "";
  query = "";
  address = "";
  scheme: "http" | "https" = "http";
  traceId = "";
  readonly fields: HeaderFields = noHeaderFields();
  host: string | undefined = undefined;
  forwardFields: string[] = [];
  fieldDoubts: FieldDoubts | undefined = undefined;
  version: string | undefined = undefined;
  envelope: Facts["envelope"] = undefined;
  role: Facts["role"] = undefined;
  target = "";
  answerOutcome: Facts["answerOutcome"] = undefined;
  pathParameters: string[] = [];
  app: App | undefined = undefined;
  accessToken: string | undefined = undefined;
  caller: Caller | undefined = undefined;
  actingAsked: Facts["actingAsked"] = undefined;
  exchanging: Facts["exchanging"] = undefined;
  rememberedCaller: Facts["rememberedCaller"] = undefined;
  believes: Facts["believes"] = undefined;
  keyShown = true;
  urgency: Urgency = usualUrgency;
  bodyBytes: Buffer | undefined = undefined;
  heldBytes: Facts["heldBytes"] = undefined;
  body: unknown = undefined;
  bodyAbsent = false;
  bodyReading: BodyReading | undefined = undefined;
  streamBound: StreamBound | undefined = undefined;
  unwritten: string[] | undefined = undefined;
  ownerPending = 0;
  wasShown: Facts["wasShown"] = undefined;
  held: Facts["held"] = undefined;
  pressed: Facts["pressed"] = undefined;
  reserved: Facts["reserved"] = undefined;
  flowUsed: Facts["flowUsed"] = undefined;
  webSocketSeat: Facts["webSocketSeat"] = undefined;
  declaredAnswer: unknown = undefined;
  stripped: readonly string[] | undefined = undefined;

  /** Puts what was taken out of the body before what was judged of it, for the backend. */
  bodyFrame: (Pick<BodyFrame, "putBack"> & { readonly contentType: string }) | undefined =
    undefined;
  /** What the gate does with it: the operation, under the modes that held when it was found. */
  course: Course;
  /** Whether the operation has been found, or that there is none. */
  routed = false;
  /** The fields of every answer have been added. */
  dressed = false;
  forwardedAt = 0;
  answeredAt = 0;
  upstreamStatus = 0;
  status = 0;
  answerBytes = 0;
  /** Of a WebSocket: what the next record says of it. */
  webSocket: DecisionRecord["webSocket"] = undefined;
  /** Decisions that an earlier record of this exchange has told. */
  recordedDecisions = 0;
  /** Nobody waits for the answer any more. */
  closed = false;
  /** It has been recorded, and everything that was held for it was let go. */
  ended = false;

  constructor(arrival: Arrival, course: Course, { byteBudget, clock }: ExchangeParts) {
    this.byteBudget = byteBudget;
    this.arrival = arrival;
    this.course = course;
    this.receivedAtMs = clock.nowMs();
    this.clockDoubtSeconds = clock.doubtSeconds();
    this.startedAt = performance.now();
  }

  /** True when the refusal stands, by the mode of its problem at this operation. */
  decide(refusal: Refusal): boolean {
    return this.decisions.decide(refusal, this.course.modes, this);
  }

  /** True when what is mended in place of a refusal is enforced at this operation. */
  amend(because: Refusal): boolean {
    return this.decisions.amend(because, this.course.modes, this);
  }

  get shedding(): Mode {
    return modeOf("capacity", this.course.modes, this);
  }

  /** Whether a mode key is enforced for this caller; what has none is always done. */
  enforces(mode: string | undefined): boolean {
    return mode === undefined || modeOf(mode, this.course.modes, this) === "enforce";
  }
}
