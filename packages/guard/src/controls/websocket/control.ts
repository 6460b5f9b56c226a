import { objectProblems } from "../../facts/absent.ts";
import { LocalSeats, type SeatState } from "../../state/seats.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { agreeWith, askBackend, compileHandshake } from "./handshake.ts";
import { compileMessageCheck } from "./message-check.ts";
import { compileOrigin } from "./origin.ts";
import { compileTakeSeat } from "./seats.ts";
import { type OriginPlan, planOrigins, planWebSockets } from "./plan.ts";
import { keys } from "./policy.ts";
import { boundProblems, problems, requestProblems, responseProblems } from "./problems.ts";
import { Tunnel, type TunnelRules } from "./tunnel.ts";
import { words } from "./words.ts";

export interface WebSocketPorts {
  /** Where the WebSockets of each caller are counted; this gate alone unless given. */
  readonly webSocketSeats?: SeatState | undefined;
}

export const websocket = defineControl({
  name: "websocket",
  sentence:
    "Who may open a WebSocket and from where, how many, and how much and how long it may carry.",
  modeKeys: [
    {
      key: "websocket",
      kind: "settable",
      sentence: "Where WebSockets come from, how many there are, and their bounds.",
      answers:
        "Of a WebSocket that is open, the code is the reason of the close frame (RFC 6455 " +
        "section 7.4).",
    },
  ],
  keys,
  problems: [problems, objectProblems, boundProblems, requestProblems, responseProblems],
  plan: planOrigins,
  planOperation: planWebSockets,
  open: (plan: OriginPlan, { webSocketSeats }: WebSocketPorts, { origin }) => ({
    judgeOrigin: compileOrigin(plan, origin),
    seats: webSocketSeats ?? new LocalSeats(),
  }),
  request: {
    origin: step({ title: "origin", mode: "websocket", needs: ["fields"], gives: [] }),
    handshake: step({ title: "handshake", mode: undefined, needs: ["ownerPending"], gives: [] }),
    seat: step({
      title: "limit of WebSockets",
      mode: "websocket",
      needs: ["address", "bindingJudged", "caller"],
      gives: ["webSocketSeat"],
    }),
  },
  compile(bounds, { api, live: { judgeOrigin, seats }, name, operation }) {
    if (bounds === undefined || api?.upgrades !== true || operation === undefined)
      return { request: { handshake: compileHandshake(false) } };
    const { request, response } = operation.messages ?? {};
    const rules: TunnelRules = {
      bounds,
      request:
        request === undefined
          ? undefined
          : compileMessageCheck(
              api.requestSchemas.compile(request),
              requestProblems["message-invalid"],
            ),
      response:
        response === undefined
          ? undefined
          : compileMessageCheck(
              api.responseSchemas.compile(response),
              responseProblems["response-message-invalid"],
            ),
    };
    return {
      request: {
        origin: judgeOrigin,
        handshake: compileHandshake(true),
        seat: compileTakeSeat(name, bounds.most, seats),
      },
      switching: {
        ask: askBackend,
        agree: agreeWith,
        carry: (known, ends) => new Tunnel(rules, known, ends).begin(),
      },
      leave: ({ webSocketSeat }) => webSocketSeat?.leave(),
    };
  },
  words,
});
