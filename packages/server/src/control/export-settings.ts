import { readSecret } from "../keys/read-secret.ts";
import type { Policy } from "../policy/program-policy.ts";
import type { ExportPlan } from "../watch/export/export-plan.ts";

/**
 * Where records and metrics go.
 *
 * @param folder where relative paths of the policy begin
 * @throws Error in words for a person, when a secret cannot be read
 */
export const exportsOf = (
  { export: exports = [] }: Policy,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly ExportPlan[] =>
  exports.map(({ form, sample = 1, signals = ["logs"], to, token }, index) => ({
    form,
    name: `${form}:${new URL(to).host}`,
    to,
    signals,
    share: sample,
    token:
      token === undefined
        ? undefined
        : readSecret(token, `export, ${index + 1}`, folder, environment),
  }));
