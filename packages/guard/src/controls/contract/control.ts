import type { Operation } from "../../document/api-document.ts";
import type { CoreKeys } from "../../policy/core-keys.ts";
import { closestOf, type EntryAt, type JoinContext } from "../../policy/join-context.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileAnswerFits } from "./answer.ts";
import { compileTakeNoBody, type UndeclaredBody } from "./bodiless.ts";
import { compileParameters } from "./parameters.ts";
import { compileWriteHead } from "./write-head.ts";
import { keys } from "./policy.ts";
import { answerProblems, problems, transferProblems } from "./problems.ts";
import { compileRequestBody } from "./request-body.ts";
import { bodyFits, compileTakeBody } from "./take-body.ts";
import {
  closeUnchecked,
  findUnchecked,
  planUnchecked,
  type UncheckedPlan,
  uncheckedWords,
} from "./unchecked.ts";

export interface ContractPlan {
  /** Query parameters that other parts declare: API keys, the API version. */
  readonly alsoDeclared: readonly string[];
}

export interface OperationContractPlan {
  readonly mostBodyBytes: number;
  /** Its requests go on as they were sent, byte for byte. */
  readonly asSent: boolean;
  readonly undeclaredBody: UndeclaredBody;
  /** Undefined where the document was understood. */
  readonly unchecked: UncheckedPlan | undefined;
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
    // Many good backends answer otherwise than their documents say. A mode for all controls
    // therefore leaves this one observed: people would be refused though they did nothing wrong.
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
  planOperation: (
    entries: readonly EntryAt<typeof keys & CoreKeys>[],
    operation: Operation | undefined,
  ): OperationContractPlan => ({
    mostBodyBytes: closestOf(entries, "maxBodySize")?.value ?? usualBodyBytes,
    asSent: closestOf(entries, "body")?.value === "asSent",
    undeclaredBody: closestOf(entries, "undeclaredBody")?.value ?? "refuse",
    unchecked: planUnchecked(entries, operation),
  }),
  request: {
    parameters: step({
      title: "validate parameters",
      mode: "request",
      needs: ["fields", "idsOpened", "pathParameters", "query"],
      gives: ["parametersJudged"],
    }),
    // Done in every mode of the contract. Ownership and limits may be enforced where the contract
    // is not, and the backend must see the very values that they have judged.
    writeHead: step({
      title: "write the head",
      mode: undefined,
      needs: ["fields", "idsOpened", "path", "pathParameters", "query", "forwardFields"],
      gives: ["forwardFields", "headWritten", "path", "pathParameters", "query", "unwritten"],
    }),
    takeBody: step({
      title: "read body",
      mode: "request",
      // A caller who may not enter must not make the gate read a body.
      needs: ["caller", "entryJudged", "fields", "parametersJudged"],
      gives: [
        "body",
        "bodyBytes",
        "bodyAbsent",
        "bodyReading",
        "forwardFields",
        "heldBytes",
        "streamBound",
        "unwritten",
      ],
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
    { asSent, mostBodyBytes, unchecked, undeclaredBody },
    { api, operation, responses, whole: { alsoDeclared } },
  ) {
    if (api === undefined || operation === undefined) return {};
    const { document, requestSchemas } = api;
    const body = compileRequestBody(operation, document.schemas, requestSchemas);
    return {
      request: {
        parameters:
          closeUnchecked(unchecked) ??
          compileParameters(operation, document.schemas, requestSchemas, alsoDeclared),
        takeBody:
          body === undefined
            ? compileTakeNoBody(undeclaredBody, mostBodyBytes)
            : compileTakeBody(body, { asSent, mostBodyBytes }),
        writeHead: compileWriteHead(operation, document.schemas, asSent),
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
      cell: ({ unchecked }, operation: Operation) =>
        `${requestWords(operation)}${uncheckedWords(unchecked)}`,
    },
    findings: ({ unchecked }, { name }) => findUnchecked(unchecked, name),
  },
});

const requestWords = ({ requestBody }: Operation): string =>
  requestBody === undefined
    ? "parameters"
    : requestBody.content
        .map(({ mediaType, schema }) =>
          schema === undefined ? `${mediaType} (unread)` : mediaType,
        )
        .join(", ");

const apiKeysInQuery = ({ documents }: JoinContext): string[] =>
  documents.flatMap(({ securitySchemes }) =>
    securitySchemes.flatMap(({ in: location, parameterName }) =>
      location === "query" && parameterName !== undefined ? [parameterName] : [],
    ),
  );
