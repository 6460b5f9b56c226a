import assert from "node:assert/strict";
import { test } from "node:test";
import { compileNoteShown } from "./controls/provenance/answer.ts";
import { compileOpenBody } from "./controls/sealed-ids/open-body.ts";
import { compileSealAnswer } from "./controls/sealed-ids/answer.ts";
import { IdSealer } from "./controls/sealed-ids/id-sealer.ts";
import { compileSealing } from "./controls/sealed-ids/sealing.ts";
import { compileDisclose } from "./controls/disclosure/answer.ts";
import { compileForbidden } from "./controls/writable/forbidden-properties.ts";
import type { ApiAt } from "./controls/compile-context.ts";
import type { JsonSchema, Operation, SchemaRegistry } from "./document/api-document.ts";
import { compileResponses } from "./document/responses.ts";

/** The schema that rules speak of, and a value of it with one property that nobody declares. */
const account = {
  type: "object",
  properties: { id: { type: "string" }, tier: { type: "string" } },
};
const sent = { id: "a-1", tier: "gold", hash: "x" };
const left = (id: string): unknown => ({ id });

type Wrap = (schema: JsonSchema) => JsonSchema;
interface Around {
  readonly schema: Wrap;
  readonly value: (inner: unknown) => unknown;
}

const same = (inner: unknown): unknown => inner;
const member = (inner: unknown): unknown => ({ at: inner });
const element = (inner: unknown): unknown => [inner];

/** Under a condition that always holds, or never does. */
const under =
  (condition: boolean, keyword: string): Wrap =>
  (one) =>
    Object.fromEntries([
      ["if", condition],
      [keyword, one],
    ]);

/** Keywords under which a schema speaks of the same value, of a member, or of an element. */
const keywords: Readonly<Record<string, Around>> = {
  allOf: { schema: (one) => ({ allOf: [{}, one] }), value: same },
  anyOf: { schema: (one) => ({ anyOf: [{ type: "null" }, one] }), value: same },
  oneOf: { schema: (one) => ({ oneOf: [{ type: "null" }, one] }), value: same },
  if: { schema: (one) => ({ if: one }), value: same },
  thenBranch: { schema: under(true, "then"), value: same },
  elseBranch: { schema: under(false, "else"), value: same },
  dependentSchemas: { schema: (one) => ({ dependentSchemas: { at: one } }), value: same },
  properties: { schema: (one) => ({ properties: { at: one } }), value: member },
  patternProperties: { schema: (one) => ({ patternProperties: { "^a": one } }), value: member },
  additionalProperties: { schema: (one) => ({ additionalProperties: one }), value: member },
  unevaluatedProperties: { schema: (one) => ({ unevaluatedProperties: one }), value: member },
  items: { schema: (one) => ({ items: one }), value: element },
  prefixItems: { schema: (one) => ({ prefixItems: [one] }), value: element },
  behindPrefix: {
    schema: (one) => ({ prefixItems: [{ type: "integer" }], items: one }),
    value: (inner) => [1, inner],
  },
  contains: { schema: (one) => ({ contains: one }), value: element },
  unevaluatedItems: { schema: (one) => ({ unevaluatedItems: one }), value: element },
};

/** What another branch may say of the same value without saying anything of what stands in it. */
const besides: Readonly<Record<string, Wrap>> = {
  nothing: (one) => one,
  "true beside": (one) => ({ allOf: [true, one] }),
  "items: {} before": (one) => ({ allOf: [{ items: {} }, one] }),
  "items: true behind": (one) => ({ allOf: [one, { items: true }] }),
  "at: {} before": (one) => ({ allOf: [{ properties: { at: {} } }, one] }),
  "at: true behind": (one) => ({ anyOf: [one, { properties: { at: true } }] }),
  "prefixItems: [{}] before": (one) => ({ oneOf: [{ prefixItems: [{}, {}] }, one] }),
  "another member before": (one) => ({ allOf: [{ properties: { other: account } }, one] }),
};

interface Combination {
  readonly name: string;
  readonly schema: JsonSchema;
  readonly value: (account: unknown) => unknown;
}

function* combinations(): Generator<Combination> {
  const reference = { $ref: "#/$defs/Account" };
  for (const [outer, first] of Object.entries(keywords))
    for (const [inner, second] of Object.entries(keywords))
      for (const [beside, wrap] of Object.entries(besides))
        yield {
          name: `${outer} > ${inner}, ${beside}`,
          schema: wrap(first.schema(second.schema(reference))),
          value: (one) => first.value(second.value(one)),
        };
  yield {
    name: "recursion",
    schema: { $ref: "#/$defs/Node" },
    value: (one) => ({ next: [{ next: [{ account: one }] }] }),
  };
  yield {
    name: "a discriminator",
    schema: { $ref: "#/$defs/Either" },
    value: (one) => ({ kind: "Held", account: one }),
  };
  yield {
    name: "a discriminator that names no branch",
    schema: { $ref: "#/$defs/Either" },
    value: (one) => ({ kind: "other", account: one }),
  };
}

const schemas: SchemaRegistry = {
  Account: { allOf: [{ allOf: [account] }] },
  Node: {
    properties: {
      account: { $ref: "#/$defs/Account" },
      next: { allOf: [{ items: {} }, { items: { $ref: "#/$defs/Node" } }] },
    },
  },
  Held: { properties: { kind: { const: "Held" }, account: { $ref: "#/$defs/Account" } } },
  Free: { properties: { kind: { const: "Free" }, note: { type: "string" } } },
  Either: {
    oneOf: [{ $ref: "#/$defs/Free" }, { $ref: "#/$defs/Held" }],
    discriminator: { propertyName: "kind" },
  },
};

const operationOf = (schema: JsonSchema): Operation => ({
  key: "POST /x",
  method: "POST",
  pathTemplate: "/x",
  tags: [],
  parameters: [],
  deprecated: false,
  position: { file: "x", line: 1, column: 1 },
  requestBody: { required: true, content: [{ mediaType: "application/json", schema }] },
  responses: [{ status: "200", headers: {}, content: [{ mediaType: "application/json", schema }] }],
});

const restricted = { Account: { tier: ["support"] } };
const marks = { Account: { id: "account" } };
const sealer = new IdSealer([Buffer.alloc(32, 7)]);
const sealing = compileSealing(
  { parameters: {}, marks, kinds: { account: { to: "token.sub", rawFor: undefined } } },
  sealer,
  () => undefined,
);
const caller = { subject: "ann", key: "ann", source: "issuer", roles: [] as string[], claims: {} };

/** The body after its handles were opened. */
function opened(schema: JsonSchema, body: unknown): unknown {
  const known = {
    caller,
    app: undefined,
    fields: {},
    body,
    bodyReading: { kind: "json" },
    bodyBytes: Buffer.from(JSON.stringify(body)),
  };
  void compileOpenBody(sealing, operationOf(schema), schemas)?.(known as never);
  return known.body;
}

/** Whether a value fits is not asked here. */
const anyFits = { compile: () => () => undefined };

/** What each control finds in the value; the table's combinations must all give the same. */
function found(schema: JsonSchema, value: unknown): unknown {
  const operation = operationOf(schema);
  const responses = compileResponses(operation);
  const api = { document: { schemas }, responseSchemas: anyFits } as unknown as ApiAt;
  const head = {
    status: 200,
    contentType: "application/json",
    response: responses.find(200, "application/json"),
    bodyless: false,
    fields: [],
  };
  const known = {
    caller,
    app: undefined,
    stripped: undefined,
    declaredAnswer: undefined,
    ...({
      path: "/x",
      query: "",
      pathParameters: [],
      forwardFields: [],
      bodyAbsent: true,
    } as object),
  } as never;
  const strip = compileDisclose(responses, api, restricted).body?.(known, value, head);
  const seal = compileSealAnswer(sealing, operation, responses, api).seal.body?.(
    known,
    value,
    head,
  );
  const shown: string[] = [];
  compileNoteShown(responses, schemas, { marks, sources: {} }, "x", {
    note: (_caller, names) => shown.push(...names),
    knows: () => true,
  })?.body?.(known, value, head);
  const change = (amendment: unknown): unknown =>
    (amendment as { change?: (one: unknown) => unknown } | undefined)?.change?.(value);
  return {
    stripped: change(strip),
    sealed: change(seal),
    shown,
    forbidden: compileForbidden(operation, schemas, restricted)?.(value, []).length,
  };
}

test("strip, visible, seal, provenance and writable find the same places, whatever keywords lead there", () => {
  const handle = sealer.seal("account", "=ann", "a-1");
  let count = 0;
  for (const { name, schema, value } of combinations()) {
    count += 1;
    assert.deepEqual(
      found(schema, value(sent)),
      {
        stripped: value(left("a-1")),
        sealed: value({ ...sent, id: handle }),
        shown: ["account\na-1"],
        forbidden: 1,
      },
      name,
    );
    const sealed = value({ ...sent, id: handle });
    assert.deepEqual(opened(schema, sealed), value(sent), `${name}: opened`);
  }
  assert.ok(count > 2000, `${count} combinations`);
});

test("what only a caller's word would hide is found: a branch that leaves a property open, and one of two kinds", () => {
  const body = { kind: "Free", account: sent };
  assert.equal(
    compileForbidden(operationOf({ $ref: "#/$defs/Either" }), schemas, restricted)?.(body, [])
      .length,
    1,
  );
});

test("a property that may not leave may be forbidden to write", () => {
  for (const pin of [
    { type: "string", writeOnly: true },
    { allOf: [{ type: "string", writeOnly: true }] },
  ]) {
    const registry: SchemaRegistry = { Card: { properties: { pin } } };
    const operation = operationOf({ $ref: "#/$defs/Card" });
    const forbidden = compileForbidden(operation, registry, { Card: { pin: ["support"] } });
    assert.deepEqual(forbidden?.({ pin: "1" }, []), ["/pin"]);
  }
});
