import { askAdmin } from "../../ask-admin.ts";

/**
 * Sources of the policy whose callers a running gate has not seen. None where it has seen nobody:
 * then nothing is known of any.
 */
export async function unusedSources(admin: string, directory: string): Promise<readonly string[]> {
  const counted = await askAdmin<Readonly<Record<string, number>>>(admin, directory, "/sources");
  const all = Object.entries(counted);
  if (all.every(([, requests]) => requests === 0)) return [];
  return all.filter(([, requests]) => requests === 0).map(([source]) => source);
}

export const unusedLines = (sources: readonly string[]): string =>
  [
    "",
    `Sources of callers that nobody has used since the gate was started: ${sources.join(", ")}.`,
    "Either nobody calls with them, and they can go; or their credential is sent in another place than 'credential' says.",
  ].join("\n");
