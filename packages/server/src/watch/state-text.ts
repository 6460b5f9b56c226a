import { roundTripBoundsMs, type StateMeasured } from "@portcullis/guard/state";

/** In the text format of Prometheus; nothing where no state was ever asked over a network. */
export function stateText({
  count,
  leaseOvershoot,
  sumSeconds,
  withinBounds,
}: StateMeasured): string {
  if (count === 0) return "";
  const name = "portcullis_state_round_trip_seconds";
  return [
    `# HELP ${name} How long the answers of Redis took.`,
    `# TYPE ${name} histogram`,
    ...roundTripBoundsMs.map(
      (bound, index) => `${name}_bucket{le="${bound / 1000}"} ${withinBounds[index] as number}`,
    ),
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sumSeconds}`,
    `${name}_count ${count}`,
    "# HELP portcullis_lease_overshoot_total Requests let through from leases that Redis had lost.",
    "# TYPE portcullis_lease_overshoot_total counter",
    `portcullis_lease_overshoot_total ${leaseOvershoot}`,
    "",
  ].join("\n");
}
