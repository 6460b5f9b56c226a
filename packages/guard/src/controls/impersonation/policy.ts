import { object, optional, required } from "../../policy/object-shape.ts";
import { fieldName, pointer, role } from "../../policy/scalars.ts";
import { choice, duration, flag, integer, list, oneOrMore, text } from "../../policy/shape.ts";

const scope = text("a scope");
const sourceName = text("the name of a source of callers", /^[a-z][a-z0-9-]{0,63}$/);

const who = object({
  source: optional(sourceName, "The source that knows them; needed where there are several."),
  roles: optional(list(role, 1), "Roles of which they must hold one."),
  scopes: optional(list(scope, 1), "Scopes that they must hold, all of them."),
  clients: optional(
    list(text("a client's id"), 1),
    "The apps by which they may, such as the desk's own; any without it.",
  ),
});

const tokens = object({
  source: optional(sourceName, "Whose tokens; needed where there are several sources."),
  clients: optional(
    list(text("a client's id"), 1),
    "The clients to whom such tokens are given; any without it.",
  ),
});

const subject = object({
  operation: required(
    text("the operationId of an operation, or METHOD /path"),
    "The GET with one path parameter that the backend answers with a person.",
  ),
  sub: required(pointer, "Where its answer names the person: as it was asked for, or nobody."),
  roles: optional(pointer, "Where its answer has the person's roles."),
  tier: optional(pointer, "Where its answer has the person's tier."),
});

const keeps = object({
  roles: optional(list(role), "The most roles that are left of the person's."),
  scopes: optional(list(scope), "The most scopes that are left; with a header, those there are."),
});

const impersonation = object({
  who: optional(oneOrMore(who), "Who may act for others, by a header; needed with header."),
  header: optional(fieldName, "The header field that names in whose name a request is made."),
  reason: required(fieldName, "The header field that says why, in at most 200 characters."),
  tokens: optional(
    oneOrMore(tokens),
    "Whose tokens may say who acts in their subject's name (act, RFC 8693).",
  ),
  of: optional(
    sourceName,
    "The source whose people are acted for; needed where there are several.",
  ),
  subject: optional(
    subject,
    "How it is known that a person exists; the built-in issuer knows its own.",
  ),
  granted: optional(
    flag,
    "Whether a grant of the kind impersonation must lead from the person to who acts (false).",
  ),
  never: optional(list(role, 1), "Roles whose people nobody acts for, beside those of who."),
  keeps: optional(keeps, "What rights are left to who acts, at the most."),
  for: optional(duration, "How long one may act for somebody, for one reason (15m)."),
  most: optional(integer(1, 10_000), "How many sessions one may begin within a day (50)."),
});

export const keys = {
  root: {
    impersonation: optional(impersonation, "Who may act in others' names, how, and how long."),
  },
  operation: {
    impersonation: optional(
      choice("allowed", "refused"),
      "Whether it may be done in another's name; what changes how somebody signs in may not.",
    ),
  },
};
