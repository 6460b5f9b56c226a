import { readTemplate } from "../../document/path-template.ts";
import { objectProblems } from "../../facts/absent.ts";
import { isSafeMethod } from "../../reading/methods.ts";
import type { GrantState } from "../../state/grants.ts";
import type { ProvenanceState } from "../../state/provenance.ts";
import { WriteVersions } from "../../state/write-versions.ts";
import { step } from "../check.ts";
import { defineControl } from "../control.ts";
import { compileCutForeign, compileOwnerByAnswer } from "./answer.ts";
import { compileCountAnswers, compileCountParameters } from "./evidence.ts";
import { compileJudgeRequest } from "./judge-request.ts";
import { compileLookup } from "./lookup.ts";
import { LookupMemory } from "./lookup-memory.ts";
import { compileClause } from "./owner-clause.ts";
import type { OwnerEvidence } from "./owner-evidence.ts";
import type { AskRelation, AskShown, Asks } from "./owner-rule.ts";
import {
  type OperationOwnership,
  type OwnershipPlan,
  planOperationOwnership,
  planOwnership,
} from "./plan.ts";
import { keys } from "./policy.ts";
import { type AskDecisionPoint, compileRelation, type DecisionPointPlan } from "./relation.ts";
import { clauseWords, words } from "./words.ts";

/** What the program around the gate provides. */
export interface OwnershipPorts {
  /** Makes ready an external decision point of the policy, by its name. */
  readonly decisionPoint?:
    | ((name: string, plan: DecisionPointPlan) => AskDecisionPoint)
    | undefined;
  /** Where it is counted who is named in operations without an owner rule. */
  readonly evidence?: OwnerEvidence | undefined;
  /** Who may use what is another's, because its owner has said so; nobody without it. */
  readonly grants?: GrantState | undefined;
  /** What callers were shown; needed where a rule asks for it. */
  readonly provenance?: ProvenanceState | undefined;
  /** What was written lately, by any thread of this gate. */
  readonly writes?: WriteVersions | undefined;
}

/** What all operations share. */
export interface Live {
  readonly evidence: OwnerEvidence | undefined;
  readonly grants: GrantState | undefined;
  readonly relation: AskRelation;
  readonly shown: AskShown;
  /** What lookups at one API's backend have answered, by the API's place in the plan. */
  readonly memoryOf: (api: number) => LookupMemory;
}

export const ownership = defineControl({
  name: "ownership",
  sentence: "Whether the objects that a request names, or that its answer shows, are the caller's.",
  modeKeys: [
    {
      key: "ownership",
      kind: "settable",
      sentence: "Whether the object is the caller's, and whether its sealed id opens.",
      answers: "The answer cannot be told from that of an object that does not exist.",
    },
  ],
  keys,
  problems: [objectProblems],
  names: ({ decisionPoints }): Record<string, readonly string[]> => ({
    "decision point": Object.keys(decisionPoints ?? {}),
  }),
  plan: planOwnership,
  planOperation: planOperationOwnership,
  open: openOwnership,
  request: {
    evidence: step({
      title: "count evidence",
      mode: undefined,
      needs: ["caller", "idsOpened", "pathParameters", "query"],
      gives: [],
    }),
    byHead: step({
      title: "authorize owner",
      mode: "ownership",
      needs: [
        "address",
        "caller",
        "entryJudged",
        "envelope",
        "fields",
        "forwardFields",
        "headWritten",
        "host",
        "scheme",
        "idsOpened",
        "parametersJudged",
        "pathParameters",
        "query",
        "traceId",
      ],
      gives: ["ownerPending"],
    }),
    byBody: step({
      title: "authorize owner by body, lookup or answer",
      mode: "ownership",
      needs: [
        "address",
        "body",
        "bodyAbsent",
        "bodyIdsOpened",
        "bodyJudged",
        "caller",
        "envelope",
        "fields",
        "forwardFields",
        "headWritten",
        "host",
        "scheme",
        "ownerPending",
        "pathParameters",
        "query",
        "traceId",
      ],
      gives: ["ownerPending"],
    }),
  },
  answer: {
    owner: step({
      title: "owner by answer",
      mode: "ownership",
      needs: ["caller", "ownerPending", "pathParameters", "query"],
      gives: ["answerOwnerJudged"],
    }),
    evidence: step({ title: "count evidence", mode: undefined, needs: ["caller"], gives: [] }),
    foreign: step({ title: "cut foreign", mode: "ownership", needs: ["caller"], gives: [] }),
  },
  compile({ owners }, { anonymous, api, live, name, operation, responses }) {
    if (api === undefined || operation === undefined) return {};
    const memory = live.memoryOf(api.index);
    if (looksUp(owners)) memory.use();
    const asks: Asks = {
      lookup: compileLookup(api.backend, memory),
      relation: live.relation,
      shown: live.shown,
    };
    const { names } = readTemplate(operation.pathTemplate);
    const clauses = (owners?.clauses ?? []).map((clause, index) => ({
      bit: 1 << index,
      clause: compileClause(clause, clauseWords(clause, names), live.grants),
    }));
    const early = clauses.filter(({ clause }) => clause.early);
    const late = clauses.filter(({ clause }) => !clause.early);
    const evidence = owners === undefined && anonymous === false ? live.evidence : undefined;
    const { schemas } = api.document;
    return {
      request: {
        evidence:
          evidence === undefined
            ? undefined
            : compileCountParameters(name, operation, schemas, evidence),
        byHead: early.length === 0 ? undefined : compileJudgeRequest(early, asks),
        byBody: late.length === 0 ? undefined : compileJudgeRequest(late, asks),
      },
      answer: {
        owner: compileOwnerByAnswer(clauses),
        evidence:
          evidence === undefined || operation.method !== "GET"
            ? undefined
            : compileCountAnswers(name, evidence),
        foreign:
          owners?.foreign === undefined
            ? undefined
            : compileCutForeign(owners.foreign, responses, schemas),
      },
      // A write may have changed what lookups were told, whoever made it.
      leave: isSafeMethod(operation.method)
        ? undefined
        : ({ forwarded, path }) => {
            if (forwarded) memory.forget(path);
          },
    };
  },
  words,
});

const looksUp = (owners: OperationOwnership["owners"]): boolean =>
  owners?.clauses.some(({ atoms }) => atoms.some(({ kind }) => kind === "lookup")) === true;

function openOwnership(plan: OwnershipPlan, ports: OwnershipPorts): Live {
  const { decisionPoint, evidence, provenance } = ports;
  const points = Object.entries(plan.decisionPoints).flatMap(([name, point]) => {
    const ask = decisionPoint?.(name, point);
    return ask === undefined ? [] : [[name, { plan: point, ask }] as const];
  });
  const writes = ports.writes ?? new WriteVersions();
  const memories = new Map<number, LookupMemory>();
  return {
    evidence,
    grants: ports.grants,
    relation: compileRelation(new Map(points)),
    shown: (caller, kind, ids) =>
      provenance?.knows(
        caller,
        ids.map((id) => `${kind}\n${id}`),
      ),
    memoryOf(api) {
      let memory = memories.get(api);
      if (memory === undefined) {
        memory = new LookupMemory(writes);
        memories.set(api, memory);
      }
      return memory;
    },
  };
}
