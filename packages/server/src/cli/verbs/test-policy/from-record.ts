import type { Plan } from "@portcullis/guard";
import type { ApiDocument, Operation } from "@portcullis/guard/documents";
import { coverageOf } from "@portcullis/guard/policy";
import type { DecisionRecord } from "@portcullis/guard/records";
import { Misuse } from "../../terminal.ts";
import { exampleOf } from "./example-of.ts";
import { judge } from "./judge.ts";
import type { TestCase } from "./test-file.ts";
import { TestingGate } from "./testing-gate.ts";

/** A test that was written from a record, and what of the record it does not repeat. */
export interface WrittenTest {
  readonly test: TestCase;
  readonly wrong: readonly string[];
}

type Told = Pick<DecisionRecord, "code" | "operation" | "status" | "subject" | "traceId">;

const caller = "caller";
const somebodyElse = "somebody-else";

/**
 * Writes a test of what a record tells. The record holds no id, no body and no token, so that these
 * are made from the document; of the ways to make them, the one is taken that the gate decides as it
 * did then.
 *
 * @param roles that the policy knows
 * @throws Misuse where the record is of no operation of this policy
 */
export async function testOf(
  record: Told,
  plan: Plan,
  roles: readonly string[],
): Promise<WrittenTest> {
  const row = coverageOf(plan).rows.find(({ plan: { name } }) => name === record.operation);
  if (row === undefined)
    throw new Misuse(`the record is of ${record.operation}, which this policy does not know.`);
  const gate = new TestingGate(plan);
  try {
    let first: WrittenTest | undefined;
    for (const test of candidates(record, row.operation, row.api.document, roles)) {
      const written = { test, wrong: judge(test.expect, await gate.run(test)) };
      if (written.wrong.length === 0) return written;
      first ??= written;
    }
    return first as WrittenTest;
  } finally {
    gate.close();
  }
}

function* candidates(
  record: Told,
  operation: Operation,
  document: ApiDocument,
  roles: readonly string[],
): Generator<TestCase> {
  const scopes = [
    ...new Set((operation.security ?? []).flatMap((one) => Object.values(one).flat())),
  ];
  const scope = scopes.length === 0 ? {} : { scope: scopes.join(" ") };
  // An owner rule may ask that the caller's name is the one in the path.
  const named = requiredIn(operation, "path", (schema) => exampleOf(schema, document.schemas, "1"));
  const subjects = [record.subject ?? caller, ...named.map(([, value]) => value)];
  const callers = [
    ...subjects.map((sub) => ({ sub, ...scope })),
    { sub: caller },
    ...roles.map((role) => ({ sub: caller, ...scope, roles: [role] })),
    undefined,
  ];
  for (const as of callers)
    for (const owner of [as?.sub ?? caller, somebodyElse])
      for (const body of operation.requestBody === undefined ? [nothing] : bodies)
        yield candidate(record, operation, document, { as, owner, body });
}

const nothing = { kind: "nothing" } as const;
/** One that fits, none, and those that cannot fit. */
const bodies = [
  { kind: "example" },
  nothing,
  { kind: "other", value: {} },
  { kind: "other", value: 1 },
] as const;

interface Choice {
  readonly as: TestCase["as"];
  /** What stands for every text of the backend's answers and, where it can, of the body. */
  readonly owner: string;
  readonly body: (typeof bodies)[number];
}

function candidate(
  { code, status, traceId }: Told,
  operation: Operation,
  { operations, schemas }: ApiDocument,
  { as, body, owner }: Choice,
): TestCase {
  const example = (schema: Parameters<typeof exampleOf>[0]): unknown =>
    exampleOf(schema, schemas, owner);
  const inRequest: Example = (schema) => exampleOf(schema, schemas, "1");
  const answers = [operation, ...operations.filter((one) => mayBeAsked(one, operation))];
  const content = operation.requestBody?.content.find(({ mediaType }) => /json/.test(mediaType));
  const headers = requiredIn(operation, "header", inRequest);
  const what = code === undefined ? "is answered" : `is refused: ${code}`;
  return {
    name: `${operation.operationId ?? operation.key} ${what} (trace ${traceId})`,
    ...(as === undefined ? {} : { as }),
    request: `${operation.method} ${filled(operation, inRequest)}`,
    ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
    ...(body.kind === "nothing"
      ? {}
      : { body: body.kind === "other" ? body.value : example(content?.schema) }),
    backend: Object.fromEntries(
      answers.map((one) => [
        one === operation ? `${one.method} ${filled(one, inRequest).split("?")[0]}` : "*",
        answerOf(one, example),
      ]),
    ),
    expect:
      code === undefined ? { outcome: "passed", status } : { outcome: "refused", code, status },
  };
}

/** A GET of one object by its id, which a rule may ask first. */
const mayBeAsked = (one: Operation, operation: Operation): boolean =>
  one !== operation &&
  one.method === "GET" &&
  one.pathTemplate.endsWith("}") &&
  (operation.pathTemplate.startsWith(one.pathTemplate) || operation.method !== "GET");

function answerOf(
  { responses }: Operation,
  example: (schema: Parameters<typeof exampleOf>[0]) => unknown,
): NonNullable<TestCase["backend"]>[string] {
  const good = responses.find(({ status }) => status.startsWith("2")) ?? responses[0];
  const schema = good?.content.find(({ mediaType }) => /json/.test(mediaType))?.schema;
  const status = Number(good?.status.replaceAll(/X/gi, "0"));
  return {
    status: Number.isInteger(status) ? status : 200,
    ...(schema === undefined ? {} : { body: example(schema) }),
  };
}

type Example = (schema: Parameters<typeof exampleOf>[0]) => unknown;

const requiredIn = (
  { parameters }: Operation,
  place: string,
  example: Example,
): readonly (readonly [string, string])[] =>
  parameters
    .filter((one) => one.in === place && one.required)
    .map(
      ({ content, name, schema }) => [name, String(example(schema ?? content?.schema))] as const,
    );

function filled(operation: Operation, example: Example): string {
  const inPath = new Map(requiredIn(operation, "path", example));
  const path = operation.pathTemplate.replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    encodeURIComponent(inPath.get(name) ?? "1"),
  );
  const query = new URLSearchParams(requiredIn(operation, "query", example).map((one) => [...one]));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

/** As it stands in a file of tests. */
export function writtenLines({ test, wrong }: WrittenTest): string {
  const [first, ...rest] = Object.entries(test).map(
    ([key, value]) => `${key}: ${JSON.stringify(value)}`,
  );
  return [
    ...wrong.map((one) => `  # Not yet as recorded: ${one}`),
    `  - ${first}`,
    ...rest.map((line) => `    ${line}`),
  ].join("\n");
}
