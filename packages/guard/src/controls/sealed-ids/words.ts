import { UnmarkedIds } from "../../document/schema/unmarked-ids.ts";
import type { Words } from "../control.ts";
import type { SealedPlan } from "./plan.ts";

const kind =
  "[ids of a sealed kind leave as they are|id of a sealed kind leaves as it is], where no property of " +
  "sealedIds says [they are|it is] one";

const links =
  "[links leave as they are|link leaves as it is], with whatever ids are in [them|it] (sealedIds: links, if they lead to the API)";

/** Fields whose links are sealed wherever they lead to an operation of the API. */
const sealedFields: ReadonlySet<string> = new Set(["location", "content-location", "link"]);

export const words: Words<SealedPlan | undefined, undefined> = {
  findings(_own, { name, operation, schemas }, plan) {
    if (plan === undefined) return [];
    const { kinds, marks, parameters } = plan;
    const unmarked = new UnmarkedIds(schemas, marks, Object.keys(kinds), parameters);
    return operation.responses.flatMap((response) => {
      const inBodies = response.content.flatMap(({ schema }) => unmarked.inBody(schema));
      const found = [...inBodies, ...unmarked.inFields(response, sealedFields)];
      return found.map(({ kind: of, place }) => {
        const at = `${name} ${response.status} ${place}`;
        return of === undefined ? { kind: links, what: at } : { kind, what: `${at} (${of})` };
      });
    });
  },
};
