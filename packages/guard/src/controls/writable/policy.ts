import { optional } from "../../policy/object-shape.ts";
import { role } from "../../policy/scalars.ts";
import { list, named } from "../../policy/shape.ts";

export const keys = {
  root: {
    writable: optional(
      named(list(role, 1)),
      "Properties that only these roles may write, by schema: `Account/tier: [support]`.",
    ),
  },
};
