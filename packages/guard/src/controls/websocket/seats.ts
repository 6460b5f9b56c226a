import { refuse } from "../../facts/refusal.ts";
import { handOf } from "../../facts/caller.ts";
import { networkOf } from "../../reading/network.ts";
import type { SeatState } from "../../state/seats.ts";
import type { Check } from "../check.ts";
import { boundProblems } from "./problems.ts";

/** Nobody is told when another one closes: so long, and the next try may succeed. */
const retryAfterSeconds = 30;

/**
 * Takes a seat among the caller's, or of who acts in the caller's name, so that the caller loses
 * none; whoever is not signed in counts as its network.
 */
export function compileTakeSeat(
  operation: string,
  most: number,
  seats: SeatState,
): Check<"address" | "caller", "webSocketSeat"> {
  const refusal = refuse(boundProblems["too-many-websockets"], {
    detail: `more than ${most}`,
    retryAfterSeconds,
  });
  return (known) => {
    const { address, arrival, caller } = known;
    if (arrival.upgrade === undefined) return undefined;
    const who = caller === undefined ? `@${networkOf(address)}` : `=${handOf(caller).key}`;
    known.webSocketSeat = seats.take(`${operation}\n${who}`, most);
    return known.webSocketSeat === undefined ? refusal : undefined;
  };
}
