import type { EvidenceRow } from "@portcullis/guard/ownership";
import { problemCatalogue } from "@portcullis/guard/problems";
import type { DecisionRecord } from "@portcullis/guard/records";
import { mostOf, mostParameter, ok, Refused, route, type Route } from "../route.ts";

export interface Records {
  /** The newest that fit, at most so many. */
  readonly records: (
    filter: { traceId?: string; operation?: string; code?: string },
    most: number,
  ) => readonly DecisionRecord[];
  /** Whom operations without an owner rule have named, in counts. */
  readonly evidence: () => readonly EvidenceRow[];
}

const fewRecords = 20;
const text = { type: "string" };
const list = { type: "array", items: { type: "object" } };

/** What the gate has decided lately, and what it has seen of owners. */
export const recordRoutes = ({ evidence, records }: Records): readonly Route[] => [
  route({
    method: "GET",
    path: "/records",
    operationId: "listRecords",
    summary: "The newest decision records",
    needs: "admin credential",
    query: [
      { name: "traceId", description: "Of one request.", schema: text },
      { name: "operation", description: "Of one operation.", schema: text },
      {
        name: "code",
        description: "Those with this code of docs/problems.md.",
        schema: { ...text, enum: [...problemCatalogue.keys()] },
      },
      mostParameter(fewRecords),
    ],
    answer: { status: 200, description: "The newest first.", schema: list },
    handle: ({ query }) => {
      const code = query.get("code");
      if (code !== null && !problemCatalogue.has(code))
        throw new Refused(400, "There is no such code", "The codes stand in docs/problems.md.");
      const filter = ["traceId", "operation", "code"].flatMap((name) => {
        const value = query.get(name);
        return value === null ? [] : [[name, value]];
      });
      return ok(records(Object.fromEntries(filter), mostOf(query, fewRecords)));
    },
  }),
  route({
    method: "GET",
    path: "/evidence",
    operationId: "listEvidence",
    summary: "Whom operations without an owner rule have named, in counts",
    needs: "admin credential",
    answer: { status: 200, description: "A row for each operation and place.", schema: list },
    handle: () => ok(evidence()),
  }),
];
