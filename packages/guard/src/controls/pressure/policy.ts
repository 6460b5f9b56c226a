import { object, optional } from "../../policy/object-shape.ts";
import { rate } from "../../policy/scalars.ts";
import { duration, integer, list } from "../../policy/shape.ts";

const pressure = object({
  steps: optional(
    list(integer(2, 1000), 1),
    "How many times more a request costs at each step, rising ([2, 4, 8]).",
  ),
  quiet: optional(duration, "After so long without a cause it is one step less (10m)."),
  least: optional(rate, "What is left of each class of operations at the highest step (30/min)."),
});

export const keys = {
  root: {
    pressure: optional(
      pressure,
      "Whoever fails, or is refused, again and again pays more for each request of that kind.",
    ),
  },
};
