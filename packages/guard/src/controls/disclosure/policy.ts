import { optional } from "../../policy/object-shape.ts";
import { role } from "../../policy/scalars.ts";
import { list, named, text } from "../../policy/shape.ts";

const cacheControl = text(
  "backend, or a Cache-Control such as 'public, max-age=60'",
  /^[a-z][a-z0-9=," -]{0,200}$/i,
);

export const keys = {
  operation: {
    cacheControl: optional(
      cacheControl,
      "The Cache-Control of successful answers; `backend` leaves it to the backend alone.",
    ),
  },
  root: {
    visible: optional(
      named(list(role, 1)),
      "Properties that only these roles may see, by schema: `Account/riskScore: [support]`.",
    ),
  },
};
