import { object, optional, required } from "../../policy/object-shape.ts";
import { claim, pointer, role, secret, url } from "../../policy/scalars.ts";
import { methods } from "../../reading/methods.ts";
import {
  choice,
  duration,
  either,
  flag,
  integer,
  list,
  named,
  oneOrMore,
  type Read,
  scalar,
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

const constant = scalar<string | number | boolean>(
  "a text, a number, true or false",
  (value) => value,
  { type: ["string", "number", "boolean"] },
);
const ofMethods = oneOrMore(choice(...methods));
const lookedUp = text("the operationId of a GET whose answer names the owner");
const lookupWith = optional(
  named(inRequest),
  "Where the lookup's path parameters come from, if not from those of the same name.",
);
const ignores = optional(
  list(text("a parameter's name, or query.NAME for one that the document does not declare"), 1),
  "Parameters that choose no object, so that who is asked about its owner is not told of them.",
);

const lookupStep = object({
  operation: required(lookedUp, "The operation that is asked."),
  with: optional(
    named(text("a parameter's name, or a JSON pointer")),
    "Where its path parameters come from: in the first step a pointer leads into the body, in a " +
      "later one into the answer of the step before.",
  ),
});
const lookup = scalarOr(lookedUp, list(lookupStep, 1));

const find = object({
  items: optional(
    pointer,
    "Where the lookup's answer holds the list, if it is not the list itself.",
  ),
  by: required(pointer, "Where an element of the list holds its id."),
  id: required(inRequest, "Where the request names the object."),
});

const stateKeys = {
  response: required(pointer, "Where the answer tells of the object's state."),
  equals: optional(constant, "What must stand there."),
  present: optional(flag, "Whether anything but null must stand there."),
  methods: optional(ofMethods, "The methods for which it is asked; all without it."),
  exceptRoles: optional(list(role, 1), "Roles for which it is not asked."),
} as const;
const state = object(stateKeys);
const stateOfObject = object({
  ...stateKeys,
  lookup: optional(lookup, "The operation whose answer is looked at, in place of this one's."),
  with: lookupWith,
  ignores,
});

const grants = object({
  operation: required(lookedUp, "The GET that answers the backend's own list of shares."),
  with: lookupWith,
  items: optional(pointer, "Where its answer holds the list, if it is not the list itself."),
  to: required(pointer, "Where a share names whom it is for."),
  by: optional(pointer, "Where a share names its object, where the list is of many objects."),
  id: optional(inRequest, "Where the request names the object that `by` must be."),
  until: optional(
    pointer,
    "Where a share says when it ends, as a date-time or in seconds since 1970.",
  ),
  may: optional(
    object({
      response: required(pointer, "Where a share says what it is good for."),
      equals: required(constant, "What must stand there."),
    }),
    "What a share must be good for.",
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
    lookup,
    "The operation that is asked first, as the caller; its answer names the owner. Several are " +
      "asked one after another, each by what the one before has answered.",
  ),
  with: lookupWith,
  ignores,
  find: optional(find, "The object is found by its id in a list of the lookup's answer."),
  mostObjects: optional(
    integer(1, 1000),
    "How many different objects one request may name, where each is asked about; 20 without it.",
  ),
  relation: optional(relation, "What is asked of an external decision point."),
  provenance: optional(provenance, "The object's id must once have been shown to the caller."),
  response: optional(pointer, "Where the answer, or the lookup's answer, names the owner."),
  some: optional(flag, "Whether one of several owners is enough; otherwise it must be every one."),
  optional: optional(flag, "Whether a request may leave the id out."),
  is,
  in: optional(claim, "The claim of the caller's token that is a list and must hold the owner."),
  equals: optional(constant, "What must stand there, whoever calls, such as public."),
  granted: optional(
    text("a kind of object such as order", /^[a-z][a-z0-9-]{0,39}$/),
    "The kind of object under which its owner may let others use it (portcullis grant).",
  ),
  grants: optional(grants, "The backend's own list of shares says for whom the object is."),
  methods: optional(ofMethods, "The methods for which this is a way to own the object."),
  when: optional(state, "The state in which the object must be, by the same answer."),
  except: optional(state, "The state in which the object counts as absent, by the same answer."),
  exceptRoles,
  foreign: optional(
    scalarOr(choice("refuse", "filter"), foreign),
    "Whether a list that holds what is another's is refused or cut.",
  ),
});

const ofAll = {
  when: optional(stateOfObject, "The state in which the object must be."),
  except: optional(stateOfObject, "The state in which the object counts as absent."),
} as const;

const ownerAny = object({
  any: required(list(ownerLeaf, 1), "Ways to own the object, of which one is enough."),
  is,
  exceptRoles,
  ...ofAll,
});

const ownerAll = object({
  all: required(list(either("any", ownerAny, ownerLeaf), 1), "Rules that must all hold."),
  is,
  exceptRoles,
  ...ofAll,
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
export type StateSetting = Read<typeof state>;
export type StateOfObject = Read<typeof stateOfObject>;
export type GrantsSetting = Read<typeof grants>;
export type LookupStep = Read<typeof lookupStep>;
