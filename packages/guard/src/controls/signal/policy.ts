import { optional } from "../../policy/object-shape.ts";
import { choice, scalar, type Shape } from "../../policy/shape.ts";
import { operationRoles } from "../../reading/operation-roles.ts";

const form = /^body(?:\.[A-Za-z0-9_-]{1,64}){1,8}$/;

const target: Shape<string> = scalar(
  "body.<property>, such as body.username or body.card.fingerprint",
  (value) => (typeof value === "string" && form.test(value) ? value : undefined),
  { type: "string", pattern: form.source },
);

export const keys = {
  operation: {
    role: optional(
      choice(...operationRoles),
      "What the operation is for: detectors watch those whose role they know.",
    ),
    target: optional(
      target,
      "What an attempt is at, as a hash; the body's first user, username, login, email or phone.",
    ),
  },
};
