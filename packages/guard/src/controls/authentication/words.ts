import type { Words } from "../control.ts";
import type { AuthenticationPlan } from "./plan.ts";
import { placeName } from "./plan-places.ts";

/** What `check` says of who calls. */
export const words: Words<AuthenticationPlan | undefined, undefined> = {
  says(plan) {
    if (plan === undefined || plan.sources.length < 2) return [];
    return plan.sources.map(
      ({ kind, name, places }) =>
        `callers of '${name}' (${kind}) are found in ${places.map(({ source }) => placeName(source)).join(", ")}`,
    );
  },
};
