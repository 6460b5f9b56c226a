import { object, optional, required } from "../../policy/object-shape.ts";
import { claim, pointer, role, secret, url } from "../../policy/scalars.ts";
import {
  choice,
  duration,
  either,
  flag,
  list,
  named,
  type Read,
  scalarOr,
  text,
} from "../../policy/shape.ts";

const inRequest = text("a parameter's name, or a JSON pointer into the body");

const relation = object({
  at: required(text("the name of a decision point"), "The decision point that is asked."),
  action: required(text("an action or relation, such as can_read"), "What the caller wants to do."),
  resource: required(text("a kind of object, such as account"), "What kind of object it is."),
  id: required(inRequest, "Where the request names the object."),
  with: optional(
    named(inRequest),
    "What else the decision point is told of the request, such as the tenant, by its name there.",
  ),
});

const provenance = object({
  kind: required(
    text("a kind of object under provenance"),
    "The kind of object that must have been shown.",
  ),
  id: required(inRequest, "Where the request names the object."),
});

const is = optional(claim, "The claim of the caller's token that the owner must equal.");
const exceptRoles = optional(list(role, 1), "Roles for which the rule does not hold.");

const countPlace = text("a pointer such as /meta/total, or a header field's name");

const foreign = object({
  filter: required(flag, "Whether the list is cut; otherwise it is refused."),
  totals: optional(
    list(countPlace, 1),
    "What tells of the list's length, beside what is known by its name.",
  ),
  keep: optional(
    list(countPlace, 1),
    "What is known by its name to tell of the list, and leaves as it is, such as /next.",
  ),
});

/** One way to tell whose an object is. */
const ownerLeaf = object({
  param: optional(
    text("a parameter's name"),
    "The parameter of path, query or header that names the owner.",
  ),
  body: optional(pointer, "Where the body names the owner."),
  lookup: optional(
    text("the operationId of a GET whose answer names the owner"),
    "The operation that is asked first, as the caller; its answer names the owner.",
  ),
  with: optional(
    named(inRequest),
    "Where the lookup's path parameters come from, if not from those of the same name.",
  ),
  ignores: optional(
    list(text("a parameter's name, or query.NAME for one that the document does not declare"), 1),
    "Parameters that choose no object, so that who is asked about its owner is not told of them.",
  ),
  relation: optional(relation, "What is asked of an external decision point."),
  provenance: optional(provenance, "The object's id must once have been shown to the caller."),
  response: optional(pointer, "Where the answer, or the lookup's answer, names the owner."),
  optional: optional(flag, "Whether a request may leave the id out."),
  is,
  exceptRoles,
  foreign: optional(
    scalarOr(choice("refuse", "filter"), foreign),
    "Whether a list that holds what is another's is refused or cut.",
  ),
});

const ownerAny = object({
  any: required(list(ownerLeaf, 1), "Ways to own the object, of which one is enough."),
  is,
  exceptRoles,
});

const ownerAll = object({
  all: required(list(either("any", ownerAny, ownerLeaf), 1), "Rules that must all hold."),
  is,
  exceptRoles,
});

const owner = either("any", ownerAny, either("all", ownerAll, ownerLeaf));

const decisionPoint = object({
  url: required(
    url(
      ["https:", "http:"],
      "the address that is asked, such as https://pdp.internal/access/v1/evaluation",
    ),
    "The address that is asked.",
  ),
  form: required(choice("authzen", "openfga", "http"), "How it is asked and answers."),
  timeout: optional(duration, "How long an answer may take (500ms)."),
  remember: optional(duration, "How long an answer is remembered; not at all without it."),
  onFailure: optional(
    choice("deny", "allow"),
    "Whether requests are refused or let pass while it does not answer.",
  ),
  token: optional(secret, "The bearer token that it is asked with."),
});

export const keys = {
  root: {
    decisionPoints: optional(
      named(decisionPoint),
      "External services that decide who may do what to which object.",
    ),
  },
  operation: {
    owner: optional(
      scalarOr(choice("none"), owner),
      "Whose the object must be; none where it does not matter.",
    ),
  },
};

export type OwnerLeaf = Read<typeof ownerLeaf>;
export type OwnerSetting = Read<typeof owner>;
