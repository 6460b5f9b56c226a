import type { Words } from "../control.ts";
import type { AuthenticationPlan } from "./plan.ts";
import { placeName } from "./plan-places.ts";

/** What `check` says of who calls. */
export const words: Words<AuthenticationPlan | undefined, undefined> = {
  findings(_own, { name, operation }, plan) {
    const named = (operation.security ?? []).flatMap((one) => Object.keys(one));
    const unverified = named.filter((one) => plan?.unverified.includes(one) === true);
    if (unverified.length === 0) return [];
    return [
      {
        kind: "take a key or password by the document that no source of identity looks for",
        what: `${name} (${unverified.join(", ")})`,
      },
    ];
  },
  says(plan) {
    if (plan === undefined || plan.sources.length < 2) return [];
    return plan.sources.map(
      ({ kind, name, places }) =>
        `callers of '${name}' (${kind}) are found in ${places.map(({ source }) => placeName(source)).join(", ") || "the connection"}`,
    );
  },
};
