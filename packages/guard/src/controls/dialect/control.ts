import { overridesOf } from "../../document/dialects.ts";
import { methodProblems } from "../../facts/method-problems.ts";
import type { Refusal } from "../../facts/refusal.ts";
import { overrideInPairs } from "../../reading/method-override.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import type { PolicyOf } from "../../policy/keys.ts";
import { planReading } from "../../policy/backend-reading.ts";
import { type Check, step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileFieldNames } from "./field-names.ts";
import { ambiguous, judgeBody } from "./override-in-body.ts";
import { keys } from "./policy.ts";
import { problems } from "./problems.ts";
import { words } from "./words.ts";

export const dialect = defineControl({
  name: "dialect",
  sentence: "Whether the backend reads the same method, and the same fields, as the gate.",
  keys,
  problems: [methodProblems, problems],
  names: ({ apis }: PolicyOf<CoreKeys>): Record<string, readonly string[]> => ({
    "query parameter": apis.flatMap(({ upstream }) => {
      const { methodFrom } = planReading(upstream);
      return methodFrom?.in === "query" ? [methodFrom.name] : [];
    }),
  }),
  request: {
    query: step({ title: "method in the query", mode: "route", needs: ["query"], gives: [] }),
    body: step({
      title: "method in the body",
      mode: "route",
      needs: ["body", "bodyAbsent", "bodyReading", "caller", "entryJudged", "fields"],
      gives: ["bodyBytes", "heldBytes"],
    }),
    fields: step({
      title: "names of fields",
      mode: "request",
      needs: ["body", "bodyReading"],
      gives: [],
    }),
  },
  compile(_own, { api, operation }) {
    if (api === undefined || operation === undefined || api.issuer) return {};
    const { dialect: name, methodFrom } = api.backendReads;
    const fields = compileFieldNames(operation, api.document.schemas, name);
    if (operation.method !== "POST" && methodFrom === undefined) return { request: { fields } };
    const places = new Set(overridesOf(name));
    const inQuery = places.has("query") || methodFrom !== undefined;
    const inBody = places.has("form") || places.has("json");
    return {
      request: {
        query: inQuery
          ? compileInQuery(methodFrom?.in === "query" ? methodFrom.name : undefined)
          : undefined,
        fields,
        body: inBody ? (known) => judgeBody(known, places) : undefined,
      },
    };
  },
  words,
});

const compileInQuery =
  (declared: string | undefined): Check<"query"> =>
  ({ arrival, query }): Refusal | undefined => {
    if (query === "" || arrival.method !== "POST") return undefined;
    const method = overrideInPairs(query, declared);
    return method === undefined ? undefined : ambiguous(method, "the query");
  };
