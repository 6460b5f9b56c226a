import type { LeaveFacts } from "../controls/control.ts";
import type { DecisionRecord } from "../facts/record.ts";
import { type Answer, answerReply } from "./answer.ts";
import type { IdentityAssertion } from "./backend-fields.ts";
import { answerDecided } from "./conceal.ts";
import type { Course } from "./course.ts";
import type { Exchange } from "./exchange.ts";
import { forward } from "./forward.ts";
import type { JourneyEnds } from "./journey.ts";
import type { OpenTunnels } from "./open-tunnels.ts";
import { ReceiveAnswer } from "./receive-answer.ts";
import { tunnel } from "./tunnel.ts";

export interface ServeParts {
  readonly assertIdentity: IdentityAssertion | undefined;
  readonly makeRecord: (exchange: Exchange) => DecisionRecord;
  /** Told of every exchange once, whatever became of it; of a WebSocket, when it is opened too. */
  readonly record: (record: DecisionRecord) => void;
  /** The course of what the gate answers itself. */
  readonly gateItself: Course;
  /** Connections that have left HTTP. */
  readonly tunnels: OpenTunnels;
}

/** Ends journeys by serving: refusals are answered, and what passes is forwarded. */
export function compileServe({
  assertIdentity,
  gateItself,
  makeRecord,
  record,
  tunnels,
}: ServeParts): JourneyEnds<Answer> {
  const end = (exchange: Exchange): void => {
    if (exchange.ended) return;
    exchange.ended = true;
    record(makeRecord(exchange));
    const { forwardedAt, path, webSocketSeat } = exchange;
    const left: LeaveFacts = { path, forwarded: forwardedAt !== 0, webSocketSeat };
    for (const leave of exchange.course.operation.leave) leave(left);
  };
  return {
    refuse: (exchange, answer, refusal) =>
      answerDecided(exchange, answer, refusal, () => end(exchange)),
    reply(exchange, answer, reply) {
      if (!exchange.routed) exchange.course = gateItself;
      answerReply(exchange, answer, reply);
      end(exchange);
    },
    forward(exchange, answer) {
      const receiver = new ReceiveAnswer(exchange, answer, () => end(exchange));
      if (exchange.arrival.upgrade === undefined)
        receiver.forwarding = forward(exchange, receiver, answer, assertIdentity);
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
  };
}
