import type { ResponseContract } from "../../document/api-document.ts";
import { isSuccess } from "../../document/responses.ts";
import { compileReplaceMarked } from "../../document/schema/marked-properties.ts";
import { UnmarkedIds } from "../../document/schema/unmarked-ids.ts";
import { forgottenShare, sizeOfProvenance } from "../../state/provenance-size.ts";
import type { Finding, FindingAt, Words } from "../control.ts";
import type { ProvenancePlan } from "./plan.ts";

const kind =
  "[ids of a kind under provenance are|id of a kind under provenance is] shown and not remembered, where none of its properties says " +
  "[they are|it is] one";

const none: ReadonlySet<string> = new Set();
/** Fields that lead to what was made; only bodies are looked into. */
const leading: ReadonlySet<string> = new Set(["location", "content-location", "link"]);

function findings({ name, operation, schemas }: FindingAt, plan: ProvenancePlan): Finding[] {
  if (plan === undefined) return [];
  const { marks } = plan;
  const unmarked = new UnmarkedIds(schemas, marks, Object.keys(plan.sources), {});
  const shows = ({ content }: ResponseContract): boolean =>
    content.some(({ schema }) => compileReplaceMarked(schema, schemas, marks) !== undefined);
  return operation.responses
    .filter(({ status }) => isSuccess(status))
    .flatMap((response) => {
      const at = `${name} ${response.status}`;
      const found = [
        ...response.content.flatMap(({ schema }) => unmarked.inBody(schema)),
        ...unmarked.inFields(response, none),
      ].flatMap(({ kind: of, place }) =>
        of === undefined ? [] : [{ kind, what: `${at} ${place} (${of})` }],
      );
      const fields = shows(response) ? [] : Object.keys(response.headers);
      return [
        ...found,
        ...fields
          .filter((field) => leading.has(field.toLowerCase()))
          .map((field) => ({ kind, what: `${at} ${field}` })),
      ];
    });
}

export const words: Words<ProvenancePlan, undefined> = {
  findings: (_own, at, plan) => findings(at, plan),
  says(plan) {
    if (plan === undefined) return [];
    const { callers, idsEach, mostEach } = plan.memory;
    if (plan.together)
      return [
        `What was shown is remembered in Redis, ${mostEach} ids of each caller for 180 days: ` +
          `about ${megabytes(callers * idsEach * redisBytes(idsEach))} for ${callers} callers with ` +
          `${idsEach} ids each.`,
      ];
    const { bytes } = sizeOfProvenance(plan.memory);
    const forgotten = forgottenShare(plan.memory);
    return [
      `What was shown is remembered of ${callers} callers with ${idsEach} ids each (at most ` +
        `${mostEach}) in ${megabytes(bytes)}; of these ids, one in ` +
        `${oneIn(forgotten)} is forgotten, and refused until it is shown again.`,
    ];
  },
};

/** Bytes of a member of a sorted set, as they were measured: Redis packs sets of up to 128. */
const redisBytes = (idsEach: number): number => (idsEach <= 128 ? 23 : 110);
const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** In round numbers: it is a probability. */
const oneIn = (share: number): string =>
  share < 1e-9 ? "more than 10^9" : Number((1 / share).toPrecision(2)).toFixed(0);
