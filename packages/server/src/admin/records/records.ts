import type { EvidenceRow } from "@portcullis/guard/ownership";
import { problemCatalogue } from "@portcullis/guard/problems";
import type { DecisionRecord, HashName } from "@portcullis/guard/records";
import type { RecordFilter } from "../../watch/recent-records.ts";
import { mostOf, mostParameter, ok, Refused, route, type Route } from "../route.ts";

export interface Records {
  /** The newest that fit, at most so many. */
  readonly records: (filter: RecordFilter, most: number) => readonly DecisionRecord[];
  /** By which hash records name objects and people. */
  readonly hashName: HashName;
  /** Whom operations without an owner rule have named, in counts. */
  readonly evidence: () => readonly EvidenceRow[];
}

const fewRecords = 20;
const text = { type: "string" };
const list = { type: "array", items: { type: "object" } };

/** What the gate has decided lately, and what it has seen of owners. */
export const recordRoutes = ({ evidence, hashName, records }: Records): readonly Route[] => [
  route({
    method: "GET",
    path: "/records",
    operationId: "listRecords",
    summary: "The newest decision records",
    needs: "viewer",
    query: [
      { name: "traceId", description: "Of one request.", schema: text },
      { name: "operation", description: "Of one operation.", schema: text },
      {
        name: "code",
        description: "Those with this code of docs/problems.md.",
        schema: { ...text, enum: [...problemCatalogue.keys()] },
      },
      {
        name: "object",
        description: "Refusals about the object with this id, which records hold as a keyed hash.",
        schema: text,
      },
      {
        name: "owner",
        description: "Refusals of what was found to be this person's.",
        schema: text,
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
      const [object, owner] = [query.get("object"), query.get("owner")];
      const names = {
        ...(object === null ? {} : { object: hashName("object", object) }),
        ...(owner === null ? {} : { owner: hashName("person", owner) }),
      };
      return ok(records({ ...Object.fromEntries(filter), ...names }, mostOf(query, fewRecords)));
    },
  }),
  route({
    method: "GET",
    path: "/evidence",
    operationId: "listEvidence",
    summary: "Whom operations without an owner rule have named, in counts",
    needs: "viewer",
    answer: { status: 200, description: "A row for each operation and place.", schema: list },
    handle: () => ok(evidence()),
  }),
];
