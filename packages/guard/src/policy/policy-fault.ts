import type { Fault } from "../document/api-document.ts";

/**
 * Thrown for a policy that is not understood. The gate does not serve by a part of it, because the
 * rules it did not understand would be missing.
 */
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
