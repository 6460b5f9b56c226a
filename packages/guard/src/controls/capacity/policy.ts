import { priorities } from "../../reading/urgency.ts";
import { optional } from "../../policy/object-shape.ts";
import { choice, duration } from "../../policy/shape.ts";

export const keys = {
  operation: {
    priority: optional(
      choice(...priorities),
      "Who goes first, and who is refused last, while a backend is full (normal).",
    ),
    deadline: optional(
      duration,
      "How long after its arrival a request is of use; then it is not forwarded, or given up.",
    ),
  },
};
