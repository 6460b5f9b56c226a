/**
 * The controls: every kind of decision the gate makes about a request. Each has a mode of its own, so each can be
 * observed before it is enforced. `protocol` is the exception: a request that the gate and the backend could read
 * differently is never passed on, because no other control could be trusted about it. `response` judges whether the backend keeps its own
 * document; `disclosure` takes away what the document does not declare. They are two controls because well-behaved
 * backends break their documents, and a team wants undeclared properties gone long before it trusts the rest.
 */
export const controls = [
  "protocol",
  "route",
  "version",
  "app",
  "authentication",
  "binding",
  "limit",
  "request",
  "authorization",
  "ownership",
  "response",
  "disclosure",
  "upstream",
] as const;

export type Control = (typeof controls)[number];

/** `off`: not decided. `observe`: decided, recorded, let pass. `enforce`: decided, recorded, refused. */
export type Mode = "off" | "observe" | "enforce";

export const modes: readonly Mode[] = ["off", "observe", "enforce"];

/** Controls whose refusals are always enforced: passing the request on would be unsafe or impossible. */
export const alwaysEnforced: ReadonlySet<Control> = new Set<Control>(["protocol", "upstream"]);
