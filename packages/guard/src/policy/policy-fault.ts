import type { Fault } from "../document/api-document.ts";

/** A policy that is not understood. Nothing is guarded by what is not understood. */
export class PolicyFault extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    const lines = faults.map(
      ({ column, expected, file, line, message }) =>
        `${file}:${line}:${column} ${message}${expected === undefined ? "" : ` (expected ${expected})`}`,
    );
    super(`the policy is not understood:\n${lines.join("\n")}`);
    this.name = "PolicyFault";
    this.faults = faults;
  }
}
