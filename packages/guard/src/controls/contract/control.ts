import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileAnswerFits } from "./answer.ts";
import { compileTakeNoBody, type UndeclaredBody } from "./bodiless.ts";
import { compileParameters } from "./parameters.ts";
import { keys } from "./policy.ts";
import { answerProblems, problems, transferProblems } from "./problems.ts";
import { compileRequestBody } from "./request-body.ts";
import { bodyFits, compileTakeBody } from "./take-body.ts";

export interface ContractPlan {
  /** Query parameters that other parts declare: API keys, the API version. */
  readonly alsoDeclared: readonly string[];
}

export interface OperationContractPlan {
  readonly mostBodyBytes: number;
  readonly undeclaredBody: UndeclaredBody;
}

const usualBodyBytes = 1_048_576;

export const contract = defineControl({
  name: "contract",
  sentence: "Whether request and answer fit the API's document.",
  modeKeys: [
    {
      key: "request",
      kind: "settable",
      sentence: "Whether the request fits the API's document.",
      answers: "Answers carry `errors`, an entry for each place that does not fit.",
    },
    // Well-behaved backends break their own documents, and people should not pay for it.
    {
      key: "response",
      kind: "named",
      sentence:
        "Whether the backend keeps its own document; enforced only where this key is named.",
    },
  ],
  keys,
  problems: [problems, transferProblems, answerProblems],
  plan: (_policy, context): ContractPlan => ({
    alsoDeclared: [...(context.namesOf("query parameter") ?? []), ...apiKeysInQuery(context)],
  }),
  issuerKeys: ["maxBodySize"],
  planOperation: (entries: readonly EntryAt<typeof keys & CoreKeys>[]): OperationContractPlan => ({
    mostBodyBytes: closestOf(entries, "maxBodySize")?.value ?? usualBodyBytes,
    undeclaredBody: closestOf(entries, "undeclaredBody")?.value ?? "refuse",
  }),
  request: {
    parameters: step({
      title: "validate parameters",
      mode: "request",
      needs: ["fields", "idsOpened", "pathParameters", "query"],
      gives: ["parametersJudged"],
    }),
    takeBody: step({
      title: "read body",
      mode: "request",
      // Nobody who may not enter should make the gate read a body.
      needs: ["entryJudged", "fields", "parametersJudged"],
      gives: ["body", "bodyBytes", "bodyAbsent", "bodyReading", "forwardFields"],
    }),
    body: step({
      title: "validate body",
      mode: "request",
      needs: ["body", "bodyIdsOpened", "bodyReading"],
      gives: ["bodyJudged"],
    }),
  },
  answer: {
    fits: step({
      title: "answer",
      mode: "response",
      needs: ["absenceJudged", "declaredAnswer"],
      gives: [],
    }),
  },
  compile(
    { mostBodyBytes, undeclaredBody },
    { api, operation, responses, whole: { alsoDeclared } },
  ) {
    if (api === undefined || operation === undefined) return {};
    const { document, requestSchemas } = api;
    const body = compileRequestBody(operation, document.schemas, requestSchemas);
    return {
      request: {
        parameters: compileParameters(operation, document.schemas, requestSchemas, alsoDeclared),
        takeBody:
          body === undefined
            ? compileTakeNoBody(undeclaredBody, mostBodyBytes)
            : compileTakeBody(body, mostBodyBytes),
        body: body === undefined ? undefined : bodyFits,
      },
      answer: { fits: compileAnswerFits(operation, responses, api) },
    };
  },
  words: {
    column: {
      key: "request",
      place: 4,
      title: "REQUEST",
      cell: (_own, { requestBody }: Operation) =>
        requestBody === undefined
          ? "parameters"
          : requestBody.content
              .map(({ mediaType, schema }) =>
                schema === undefined ? `${mediaType} (unread)` : mediaType,
              )
              .join(", "),
    },
  },
});

const apiKeysInQuery = ({ documents }: JoinContext): string[] =>
  documents.flatMap(({ securitySchemes }) =>
    securitySchemes.flatMap(({ in: location, parameterName }) =>
      location === "query" && parameterName !== undefined ? [parameterName] : [],
    ),
  );
