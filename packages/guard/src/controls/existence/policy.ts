import { object, optional, required } from "../../policy/object-shape.ts";
import { choice, duration, scalarOr } from "../../policy/shape.ts";

const hide = scalarOr(
  choice("existence"),
  object({
    existence: required(
      duration,
      "The time at whose multiples it is answered; longer than the backend usually takes.",
    ),
  }),
);

export const keys = {
  operation: {
    hide: optional(
      hide,
      "Answers what is absent, forbidden and another's alike, in words, fields and time.",
    ),
  },
};
