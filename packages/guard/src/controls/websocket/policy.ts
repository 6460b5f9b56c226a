import { object, optional } from "../../policy/object-shape.ts";
import { rate } from "../../policy/scalars.ts";
import { duration, integer, size } from "../../policy/shape.ts";

const bounds = object({
  most: optional(
    integer(1, 100_000),
    "How many WebSockets one caller may hold at this operation at the same time (8).",
  ),
  maxMessageSize: optional(size, "How large one message may be, either way (1MiB)."),
  messages: optional(rate, "How many messages and pings a caller may send in how long (100/s)."),
  idle: optional(duration, "After how long without a byte either way it is closed (5m)."),
  life: optional(duration, "After how long it is closed, whatever is said (24h)."),
});

export const keys = {
  operation: {
    websocket: optional(bounds, "The bounds of WebSockets, where the operation declares a 101."),
  },
};
