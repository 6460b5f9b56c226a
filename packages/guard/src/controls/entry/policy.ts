import { object, optional } from "../../policy/object-shape.ts";
import { role } from "../../policy/scalars.ts";
import { choice, flag, list, scalarOr, text } from "../../policy/shape.ts";

const allow = scalarOr(
  choice("anyone"),
  object({
    scopes: optional(
      list(text("a scope"), 1),
      "Scopes that the caller must hold, in place of those that the document asks for.",
    ),
    roles: optional(list(role, 1), "Roles of which the caller must hold one."),
    clients: optional(
      list(text("a client's id"), 1),
      "The apps (client_id of the token) to which the operation is open.",
    ),
  }),
);

export const keys = {
  operation: {
    allow: optional(allow, "Who may enter: anyone, or callers with scopes, roles or apps."),
    carriesRequests: optional(
      flag,
      "Whether a body with requests of its own (a batch, GraphQL) passes: the backend judges each.",
    ),
  },
};
