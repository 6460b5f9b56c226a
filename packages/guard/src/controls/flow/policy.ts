import { object, optional, required } from "../../policy/object-shape.ts";
import { choice, duration, flag, list, scalarOr, text } from "../../policy/shape.ts";

const flow = object({
  after: required(
    list(text("an operationId or METHOD /path"), 1),
    "The steps that must have succeeded before, in this order.",
  ),
  within: optional(duration, "How long after the first step it may follow (30m)."),
  least: optional(duration, "How long after each step the next may follow (0s)."),
  repeat: optional(
    flag,
    "Whether one way through the steps leads to it again and again (false): otherwise its success uses them up.",
  ),
});

export const keys = {
  operation: {
    flow: optional(
      scalarOr(choice("none"), flow),
      "Steps that lead to the operation, of one session on one device; none takes them away.",
    ),
  },
};
