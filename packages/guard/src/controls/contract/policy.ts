import { optional } from "../../policy/object-shape.ts";
import { size } from "../../policy/shape.ts";

export const keys = {
  operation: {
    maxBodySize: optional(size, "How much of a request's body is read (1MiB)."),
  },
};
