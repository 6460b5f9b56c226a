import { handOf } from "../facts/caller.ts";
import type { LeaveFacts } from "../controls/control.ts";
import type { DecisionRecord } from "../facts/record.ts";
import { type Answer, answerReply } from "./answer.ts";
import type { IdentityAssertion } from "./backend-fields.ts";
import { Boundary } from "./boundary.ts";
import { answerDecided } from "./conceal.ts";
import type { Course } from "./course.ts";
import type { Exchange } from "./exchange.ts";
import { forward } from "./forward.ts";
import type { JourneyEnds } from "./journey.ts";
import type { OpenTunnels } from "./open-tunnels.ts";
import { ReceiveAnswer } from "./receive-answer.ts";
import { tunnel } from "./tunnel.ts";

/** @param source of the policy, which has verified the credential that was sent */
export type OnSignedIn = (address: string, source: string) => void;

/**
 * Told of every request at its end: who has asked for what, what that took of the limits at most, and
 * whether it was refused because it was too much.
 */
export type OnSpent = (
  address: string,
  caller: string | undefined,
  operation: string,
  cost: number,
  isHeld: boolean,
) => void;

export interface ServeParts {
  readonly assertIdentity: IdentityAssertion | undefined;
  readonly makeRecord: (exchange: Exchange) => DecisionRecord;
  /** Told of every exchange once, whatever became of it; of a WebSocket, when it is opened too. */
  readonly record: (record: DecisionRecord) => void;
  /** The course of what the gate answers itself. */
  readonly gateItself: Course;
  /** Connections that have left HTTP. */
  readonly tunnels: OpenTunnels;
  readonly onSignedIn: OnSignedIn | undefined;
  readonly onSpent: OnSpent | undefined;
  /** Told in words of faults of the gate's own that no record can hold. */
  readonly onTrouble: ((message: string) => void) | undefined;
}

/** Ends journeys by serving: refusals are answered, and what passes is forwarded. */
export function compileServe({
  assertIdentity,
  gateItself,
  makeRecord,
  onSignedIn,
  onSpent,
  onTrouble,
  record,
  tunnels,
}: ServeParts): JourneyEnds<Answer> {
  const end = compileEnd({ makeRecord, onSignedIn, onSpent, onTrouble, record });
  return {
    refuse: (exchange, answer, refusal) =>
      answerDecided(new Boundary(exchange, answer, end), refusal),
    reply(exchange, answer, reply) {
      if (!exchange.routed) exchange.course = gateItself;
      answerReply(exchange, answer, reply);
      end(exchange);
    },
    forward(exchange, answer) {
      const boundary = new Boundary(exchange, answer, end);
      const receiver = new ReceiveAnswer(boundary);
      if (exchange.arrival.upgrade === undefined) forward(boundary, receiver, assertIdentity);
      else
        tunnel(exchange, {
          refused: receiver,
          assertIdentity,
          open: tunnels,
          opened: () => record(makeRecord(exchange)),
          ended: () => end(exchange),
        });
    },
    abandon: end,
    fail: (exchange, answer, fault) => new Boundary(exchange, answer, end).fail(fault),
  };
}

/** RFC 6585 section 4. */
const tooMany = 429;

const shed: ReadonlySet<string> = new Set(["capacity-exceeded", "deadline-passed"]);

/** The queue stands before the backend; a deadline may pass before it and behind it. */
function isShed({ decisions, forwardedAt }: Exchange): boolean {
  const code = decisions.refusal?.problem.code;
  if (code === undefined || !shed.has(code)) return false;
  return code === "capacity-exceeded" || forwardedAt === 0;
}

function requestBytesOf({ bodyBytes, fields, forwardedAt }: Exchange): number {
  if (bodyBytes === undefined && forwardedAt === 0) return 0;
  return Number(fields.contentLength ?? bodyBytes?.length ?? 0);
}

/**
 * Records an exchange once, and lets go of what was held for it, each whatever becomes of the
 * others.
 */
function compileEnd({
  makeRecord,
  onSignedIn,
  onSpent,
  onTrouble,
  record,
}: Pick<ServeParts, "makeRecord" | "onSignedIn" | "onSpent" | "onTrouble" | "record">): (
  exchange: Exchange,
) => void {
  const tell = (exchange: Exchange, what: string, fault: unknown): void => {
    try {
      onTrouble?.(`${what} (trace ${exchange.traceId}): ${(fault as Error).message}`);
    } catch {
      // There is nobody left to tell.
    }
  };
  return (exchange) => {
    if (exchange.ended) return;
    exchange.ended = true;
    // An answer that was forwarded may still be on its way to a slow caller.
    if (exchange.closed || exchange.forwardedAt === 0) exchange.heldBytes?.release();
    try {
      record(makeRecord(exchange));
      const { address, caller } = exchange;
      if (caller !== undefined) onSignedIn?.(address, handOf(caller).source);
      onSpent?.(
        address,
        caller?.key,
        exchange.course.operation.name,
        exchange.reserved?.cost ?? 1,
        exchange.decisions.refusal?.problem.status === tooMany,
      );
    } catch (fault) {
      tell(exchange, "a request could not be recorded", fault);
    }
    const { flowUsed, forwardedAt, path, pressed, rememberedCaller, reserved, webSocketSeat } =
      exchange;
    const left: LeaveFacts = {
      flowUsed,
      path,
      forwarded: forwardedAt !== 0,
      isShed: isShed(exchange),
      requestBytes: requestBytesOf(exchange),
      pressed,
      reserved,
      webSocketSeat,
      rememberedCaller,
    };
    const { leave } = exchange.course.operation;
    for (let index = 0; index < leave.length; index += 1)
      try {
        leave[index]?.(left);
      } catch (fault) {
        tell(exchange, "what was held for a request could not be let go", fault);
      }
  };
}
