import { routeReadingOf } from "../../document/dialects.ts";
import { siblingsOf } from "../../document/route-siblings.ts";
import type { Finding, Words } from "../control.ts";

const kinds = {
  parameter:
    "[stand|stands] beside a parameter, and a router that does not tell spellings apart would take a value " +
    "for [them|it]: such values are refused, `route-ambiguous`, where route is enforced " +
    "(say how the backend reads: upstream: { dialect: ... }, or dialect: strict)",
  spelling:
    "[differ|differs] only by what a router may not tell apart, so that the rules of the one may stand " +
    "before the handler of the other (give them the same rules, or say dialect: strict)",
} as const;

export const words: Words<undefined, undefined> = {
  findings(_own, { backendReads, operation, operations }): readonly Finding[] {
    const reading = routeReadingOf(backendReads.dialect);
    if (!Object.values(reading).includes(true)) return [];
    const { pathTemplate } = operation;
    // Once for each path, and once for two that are each other's spelling.
    if (operations.find((one) => one.pathTemplate === pathTemplate) !== operation) return [];
    const siblings = siblingsOf(operation, operations, reading).filter(
      ({ by, path }) => by === "parameter" || pathTemplate < path,
    );
    return siblings.map(({ by, path }) => ({
      kind: kinds[by],
      what: by === "parameter" ? `${path} (beside ${pathTemplate})` : `${pathTemplate} and ${path}`,
    }));
  },
};
