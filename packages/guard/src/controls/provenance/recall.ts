import type { Operation } from "../../document/api-document.ts";
import { decodeSegment } from "../../document/sent-parameters.ts";
import type { ProvenanceState } from "../../state/provenance.ts";
import type { Check } from "../check.ts";
import type { ProvenancePlan } from "./plan.ts";

/**
 * Whether the object that a path names, by its last parameter, was shown to the caller before, as an
 * id of whichever kind. Nothing is refused by it: those who look for attacks are told.
 */
export function compileRecall(
  operation: Operation | undefined,
  { sources }: Pick<NonNullable<ProvenancePlan>, "sources">,
  state: ProvenanceState,
): Check<"caller" | "idsOpened" | "pathParameters", "wasShown"> | undefined {
  if (operation?.pathTemplate.includes("{") !== true) return undefined;
  const kinds = Object.keys(sources);
  return (known) => {
    const { caller, pathParameters } = known;
    const last = pathParameters.at(-1);
    if (caller === undefined || last === undefined) return;
    const id = decodeSegment(last);
    for (const kind of kinds) {
      const knows = state.knows(caller.key, [`${kind}\n${id}`]);
      if (typeof knows !== "boolean") return;
      known.wasShown = knows;
      if (knows) return;
    }
  };
}
