import { refuse } from "../../facts/refusal.ts";
import { networkOf } from "../../reading/network.ts";
import type { PlaceState } from "../../state/places.ts";
import type { Check } from "../check.ts";
import { boundProblems } from "./problems.ts";

/** Nobody is told when another one closes: so long, and the next try may succeed. */
const retryAfterSeconds = 30;

/** Takes a place among the caller's; whoever is not signed in counts as its network. */
export function compileTakePlace(
  operation: string,
  most: number,
  places: PlaceState,
): Check<"address" | "caller", "webSocketPlace"> {
  const refusal = refuse(boundProblems["too-many-websockets"], {
    detail: `more than ${most}`,
    retryAfterSeconds,
  });
  return (known) => {
    const { address, arrival, caller } = known;
    if (arrival.upgrade === undefined) return undefined;
    const who = caller === undefined ? `@${networkOf(address)}` : `=${caller.subject}`;
    known.webSocketPlace = places.take(`${operation}\n${who}`, most);
    return known.webSocketPlace === undefined ? refusal : undefined;
  };
}
