import type { Policy } from "../policy/program-policy.ts";
import type { GateSettings } from "../gate/settings.ts";
import { readSecret } from "../keys/read-secret.ts";
import { readSourceTexts } from "../keys/source-texts.ts";
import { readUpstreamTexts } from "../keys/upstream-texts.ts";
import { sealingSecrets } from "../keys/sealing-secrets.ts";

/** Secrets that the policy names for the gate threads. */
export type GateSecrets = Pick<
  GateSettings,
  "sealingSecrets" | "decisionPointTokens" | "sourceTexts" | "upstreamTexts"
>;

/**
 * @param folder where relative paths of the policy begin
 * @throws Error in words for a person, when a secret cannot be read
 */
export function readGateSecrets(
  policy: Policy,
  folder: string,
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): GateSecrets {
  return {
    upstreamTexts: readUpstreamTexts(policy, folder),
    sourceTexts: readSourceTexts(policy, folder, environment),
    sealingSecrets: sealingSecrets(policy, folder, directory, environment),
    decisionPointTokens: Object.fromEntries(
      Object.entries(policy.decisionPoints ?? {}).flatMap(([name, { token }]) =>
        token === undefined
          ? []
          : [[name, readSecret(token, `decisionPoints, ${name}`, folder, environment)]],
      ),
    ),
  };
}
