import { loadPolicy } from "../../policy/load-policy.ts";
import { configFlag, jsonFlag, profileFlag } from "../policy-flags.ts";
import { policySources } from "../sources.ts";
import { faultLines, Misuse, type Terminal } from "../terminal.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { fly } from "./canary/fly.ts";

export const flags = {
  config: configFlag,
  profile: profileFlag,
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis canary";

/**
 * Whether anything that callers send stands in records, metrics or files. Exit code 1 where it does.
 */
export async function run(
  { values }: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { faults, plan } = await loadPolicy(policySources(values, environment, false));
  if (plan === undefined)
    throw new Misuse(`${faultLines(faults)}\nNothing can be sent to what is not understood.`);
  const flown = await fly(plan);
  const { hits, requests, sinks } = flown;
  if (values["json"] === true) terminal.out(JSON.stringify(flown));
  else if (hits.length === 0)
    terminal.out(`${requests} marked requests: no mark stands in ${sinks.join(", ")}.`);
  else
    for (const { before, operation, place, sink } of hits)
      terminal.out(`${operation}: ${place} stands in ${sink}, behind: ${JSON.stringify(before)}`);
  return hits.length === 0 ? 0 : 1;
}
