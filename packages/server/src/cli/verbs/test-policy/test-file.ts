import {
  choice,
  integer,
  list,
  named,
  object,
  optional,
  type Read,
  readShape,
  required,
  type Shape,
  text,
} from "@portcullis/guard/policy-shapes";
import { faultLines, Misuse } from "../../terminal.ts";

const anything: Shape<unknown> = {
  read: (at) => at.value,
  expected: "any value",
  jsonSchema: {},
};
const pointer = text("a JSON pointer such as /customerId", /^\/[^\u0000-\u001f]*$/);

const answer = object({
  status: optional(integer(200, 599), "The status of the backend's answer (200)."),
  headers: optional(named(text("a field's value")), "Its header fields."),
  body: optional(anything, "Its body, as JSON; without it there is none."),
});

const sent = object({
  method: optional(text("a method such as GET"), "With which method the backend is asked."),
  path: optional(text("a path such as /v1/a", /^\/[!-~]*$/), "For which path, with its query."),
  headers: optional(named(text("a field's value")), "Fields that it is sent, among others."),
  body: optional(anything, "The body that it is sent."),
});

const acting = object({
  for: required(text("a subject"), "In whose name: as the header of impersonation names people."),
  reason: optional(text("why"), "Why (a test)."),
  roles: optional(list(text("a role")), "The person's roles, where an account has them."),
  tier: optional(text("a tier"), "The person's tier, where an account has one."),
});

const expectation = object({
  outcome: required(choice("passed", "refused"), "Whether the request passes the gate."),
  code: optional(text("a code such as object-not-yours"), "Why it is refused, by the record."),
  status: optional(integer(100, 599), "The status that the caller is answered."),
  sent: optional(sent, "What the backend is sent."),
  sees: optional(list(pointer), "What stands in the caller's answer."),
  hides: optional(list(pointer), "What does not stand in it."),
  body: optional(anything, "The whole body of the caller's answer."),
});

const one = object({
  name: required(text("what is tested, in a sentence"), "What is tested."),
  as: optional(named(anything), "The claims of who calls; without it nobody is signed in."),
  from: optional(
    text("the name of a source of callers"),
    "The source that knows the caller; needed where there are several, and no issuer.",
  ),
  acting: optional(acting, "In whose name the caller acts (impersonation)."),
  request: required(
    text("METHOD /path", /^[A-Z]+ \/[!-~]*$/),
    "The request, such as GET /v1/accounts/42.",
  ),
  headers: optional(named(text("a field's value")), "Its header fields."),
  body: optional(anything, "Its body, as JSON."),
  backend: optional(named(answer), "What the backend answers, by METHOD /path; * for all others."),
  expect: required(expectation, "What must become of it."),
});

const testFile = object({ tests: required(list(one, 1), "The tests.") });

export type BackendAnswer = Read<typeof answer>;
export type Expectation = Read<typeof expectation>;
export type TestCase = Read<typeof one>;
export type PolicyTest = TestCase & { readonly file: string };

/**
 * Reads files of tests.
 *
 * @throws Misuse where one is not understood
 */
export function readTests(files: readonly string[]): readonly PolicyTest[] {
  return files.flatMap((file) => {
    const { faults, value } = readShape(file, testFile);
    if (value === undefined)
      throw new Misuse(`${faultLines(faults)}\nNo test is run of what is not understood.`);
    return value.tests.map((test) => ({ ...test, file }));
  });
}
