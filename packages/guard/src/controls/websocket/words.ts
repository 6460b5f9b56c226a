import type { Words } from "../control.ts";
import type { OriginPlan, WebSocketPlan } from "./plan.ts";

export const words: Words<OriginPlan, WebSocketPlan | undefined> = {
  findings: (bounds, { name, operation: { messages } }) =>
    bounds === undefined || (messages?.request !== undefined && messages.response !== undefined)
      ? []
      : [{ kind: "[carry|carries] WebSocket messages that no schema describes", what: name }],
};
