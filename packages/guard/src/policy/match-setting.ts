import { methods } from "../reading/methods.ts";
import { object, optional } from "./object-shape.ts";
import { choice, oneOrMore, type Read, scalarOr, text } from "./shape.ts";

const matchByKeys = object({
  operationId: optional(oneOrMore(text("an operationId")), "The ids of the operations."),
  method: optional(oneOrMore(choice(...methods)), "The methods of the operations."),
  path: optional(
    text("a path such as /v1/customers/{customerId}/**", /^\//),
    "The path template: {name} is any parameter, * any segment, a last ** whatever follows.",
  ),
  tag: optional(oneOrMore(text("a tag")), "Tags of which the operations have at least one."),
});

/** One way to select operations: `"*"`, an operationId, `METHOD /path`, or keys that must all hold. */
export const matchSetting = scalarOr(text('"*", an operationId or METHOD /path'), matchByKeys);
export type MatchSetting = Read<typeof matchSetting>;
