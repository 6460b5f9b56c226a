import { holdBody } from "../../facts/hold-body.ts";
import { noRoom } from "../../facts/held-bytes.ts";
import { refuse, type Refusal } from "../../facts/refusal.ts";
import { problems, transferProblems } from "./problems.ts";

export const tooLarge = (mostBytes: number): Refusal =>
  refuse(problems["body-too-large"], { detail: `more than ${mostBytes} bytes` });

const incomplete = refuse(transferProblems["body-incomplete"], {
  detail: "the connection ended before the body did",
});

/**
 * Reads the whole body for a control that must see it, and not a byte more than the operation
 * accepts.
 */
export function readBody(
  known: Parameters<typeof holdBody>[0],
  mostBytes: number,
): Promise<Refusal | undefined> {
  return holdBody(known, mostBytes).then((held) => {
    if (held === "held") return undefined;
    if (held === "no room") return noRoom();
    return held === "too large" ? tooLarge(mostBytes) : incomplete;
  });
}
