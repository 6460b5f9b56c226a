import {
  cookieName,
  fieldName,
  named,
  object,
  optional,
  type Read,
  readShape,
  required,
  secret,
  type Shape,
  text,
} from "@portcullis/guard/policy-shapes";
import { faultLines, Misuse } from "../../terminal.ts";

const anything: Shape<unknown> = {
  read: (at) => at.value,
  expected: "any value",
  jsonSchema: {},
};
const pointer = text("a JSON pointer such as /user/id", /^\/[^\u0000-\u001f]*$/);

const signIn = object({
  operation: required(text("an operationId, or METHOD /path"), "The operation that signs in."),
  body: optional(
    named(anything),
    "What it is sent as JSON; { env: NAME } or { file: PATH } stands for a secret.",
  ),
  credential: required(
    text("a JSON pointer such as /token, or cookie NAME", /^(\/\S*|cookie \S+)$/),
    "Where its answer has the credential.",
  ),
});

const place = object({
  header: optional(fieldName, "The header field that takes it (Authorization)."),
  scheme: optional(text("a scheme word such as Bearer"), "The word before it."),
  cookie: optional(cookieName, "The cookie that takes it."),
  query: optional(text("a query parameter's name"), "The query parameter that takes it."),
});

const person = object({
  signIn: optional(signIn, "How the person signs in; without it, the file gives a token."),
  token: optional(secret, "A ready credential, in place of signing in."),
  credential: optional(place, "Where the credential goes; without it Authorization: Bearer."),
  whoami: optional(
    object({
      operation: required(text("the operationId of a GET"), "The GET that says who calls."),
      sub: required(pointer, "Where its answer names the person."),
    }),
    "How it is found out who calls, where the credential does not say it itself.",
  ),
  claims: optional(
    named(anything),
    "What the gate's token says of the person, where neither credential nor whoami does.",
  ),
});

/** How one test person signs in. */
export type Person = Read<typeof person>;

/** @throws Misuse where it is not understood */
export function readPerson(file: string): Person {
  const { faults, value } = readShape(file, person);
  if (value === undefined)
    throw new Misuse(`${faultLines(faults)}\nNobody is signed in by what is not understood.`);
  if ((value.signIn === undefined) === (value.token === undefined))
    throw new Misuse(
      `${file}: say how the person signs in, or give a ready credential.\n` +
        "For example: token: { env: ANN_TOKEN }, or signIn: { operation: login, body: {...}, credential: /token }",
    );
  return value;
}
