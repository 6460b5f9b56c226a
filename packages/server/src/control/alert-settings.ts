import type { Policy } from "../policy/program-policy.ts";
import { readSecret } from "../keys/read-secret.ts";
import type { Alert } from "../watch/sinks/alerting.ts";

/**
 * Who is told of incidents.
 *
 * @param folder where relative paths of the policy begin
 * @throws Error in words for a person, when a secret cannot be read
 */
export const alertsOf = (
  { alerts = [] }: Policy,
  folder: string,
  environment: Readonly<Record<string, string | undefined>>,
): readonly Alert[] =>
  alerts.map(
    ({ allowPrivate = false, form = "json", minSeverity = "high", secret, to }, index) => ({
      to,
      form,
      minSeverity,
      allowPrivate,
      secret:
        secret === undefined
          ? undefined
          : readSecret(secret, `alerts, ${index + 1}`, folder, environment),
    }),
  );
