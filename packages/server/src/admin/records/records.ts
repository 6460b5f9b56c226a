import type { EvidenceRow } from "@portcullis/guard/ownership";
import type { HashName } from "@portcullis/guard/records";
import type { SourcesCounted } from "../../watch/source-counts.ts";
import type { RecordPage, RecordQuestion } from "../../watch/record-page.ts";
import { mostOf, mostParameter, ok, route, type Route } from "../route.ts";
import { liveRoute, type WatchRecords } from "./live.ts";
import { pseudonymRoute, type Revealing } from "./pseudonyms.ts";
import { filterOf, holdToParameters, recordParameters } from "./record-query.ts";
import { type AskSeries, seriesRoute } from "./series.ts";
import { orUnanswered } from "./unanswered.ts";

export interface Records {
  /** The newest that fit. */
  readonly records: (question: RecordQuestion) => RecordPage | Promise<RecordPage>;
  /** Tells somebody of records as they come. */
  readonly watch: WatchRecords;
  /** By which hash records name objects and people. */
  readonly hashName: HashName;
  /** How long records are kept at most. */
  readonly keptMs: () => number;
  /** Undefined where none are kept. */
  readonly series: AskSeries | undefined;
  /** Undefined where whom pseudonyms stand for is not kept. */
  readonly revealing: Revealing | undefined;
  /** Whom operations without an owner rule have named, in counts. */
  readonly evidence: () => readonly EvidenceRow[];
  /** How many requests came from callers of each source, since the start. */
  readonly sources: () => SourcesCounted;
}

const fewRecords = 20;
const text = { type: "string" };
const list = { type: "array", items: { type: "object" } };
const page = {
  type: "object",
  properties: {
    items: { ...list, description: "Decision records, the newest first." },
    next: { ...text, description: "The cursor of the page behind; absent where there is none." },
    missing: {
      type: "array",
      items: text,
      description: "What could not be looked at; absent where nothing is missing.",
    },
  },
  required: ["items"],
};

const parameters = [
  ...recordParameters,
  { name: "cursor", description: "`next` of the page before.", schema: text },
  mostParameter(fewRecords),
];

/** What the gate has decided, and what it has seen of owners. */
export const recordRoutes = ({
  evidence,
  sources,
  hashName,
  keptMs,
  records,
  revealing,
  series,
  watch,
}: Records): readonly Route[] => [
  route({
    method: "GET",
    path: "/records",
    operationId: "listRecords",
    summary: "Decision records, the newest first",
    needs: "viewer",
    query: parameters,
    answer: { status: 200, description: "A page of them.", schema: page },
    handle: async ({ query }) => {
      holdToParameters(query, parameters);
      const filter = filterOf(query, { hashName, keptMs: keptMs(), nowMs: Date.now() });
      const cursor = query.get("cursor") ?? undefined;
      return ok(
        shown(
          await orUnanswered(() => records({ filter, most: mostOf(query, fewRecords), cursor })),
        ),
      );
    },
  }),
  liveRoute({ hashName, keptMs, watch }),
  seriesRoute(series),
  pseudonymRoute(revealing),
  route({
    method: "GET",
    path: "/sources",
    operationId: "countSources",
    summary: "How many requests came from callers of each source, since the start",
    needs: "viewer",
    answer: {
      status: 200,
      description: "By the names of the policy's sources; 0 where nobody has used one.",
      schema: { type: "object", additionalProperties: { type: "integer" } },
    },
    handle: () => ok(sources()),
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

const shown = ({ items, missing, next }: RecordPage): object => ({
  items,
  ...(next === undefined ? {} : { next }),
  ...(missing.length === 0 ? {} : { missing }),
});
