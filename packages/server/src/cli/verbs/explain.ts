import type { Explanation, Plan } from "@portcullis/guard";
import { type WeighedToken, weighToken } from "@portcullis/guard/tokens";
import { loadPolicy } from "../../policy/load-policy.ts";
import { configFlag, directoryFlag, jsonFlag, openapiFlag, profileFlag } from "../policy-flags.ts";
import type { Command, Environment, Flags } from "../verb.ts";
import { policySources } from "../sources.ts";
import { describedRequest } from "./explain/described-request.ts";
import { explanationAsJson, explanationLines } from "./explain/explanation-lines.ts";
import { openExplainingGate } from "./explain/explaining-gate.ts";
import { nowSeconds } from "./explain/sign-claims.ts";
import { weighedLines } from "./explain/weighed-lines.ts";
import { faultLines, Misuse, type Terminal } from "../terminal.ts";

export const flags = {
  config: configFlag,
  profile: profileFlag,
  openapi: openapiFlag,
  directory: directoryFlag,
  token: {
    type: "string",
    help: "an access token: it is judged as the gate would, by the issuer's keys",
  },
  claims: {
    type: "string",
    help: 'in place of a token: who calls, such as \'{"sub":"c-1","roles":["customer"]}\'',
  },
  header: {
    type: "string",
    multiple: true,
    help: "a header field, such as 'Portcullis-App: harbour-ios/3.4.1'",
  },
  body: { type: "string", help: "the body" },
  json: jsonFlag,
} satisfies Flags;

export const example = "portcullis explain 'GET /v1/accounts/42'";
export const takes = "'METHOD /path'";

/**
 * Takes a request through the gate's own steps without sending it. Exit code 1 when it would be
 * refused.
 */
export async function run(
  command: Command,
  environment: Environment,
  terminal: Terminal,
): Promise<number> {
  const { values, words } = command;
  const request = /^([A-Za-z]+) (\/\S*)$/.exec(words[0] ?? "");
  if (request === null)
    throw new Misuse("say which request, in quotes: portcullis explain 'GET /v1/accounts/42'");
  const method = (request[1] as string).toUpperCase();
  const target = request[2] as string;
  const loaded = await loadPolicy(policySources(values, environment, false));
  const { plan, policy } = loaded;
  if (plan === undefined || policy === undefined)
    throw new Misuse(
      `${faultLines(loaded.faults)}\nNothing can be explained from what is not understood.`,
    );
  const { gate, token } = await openExplainingGate({
    command,
    environment,
    folder: loaded.folder,
    plan,
    policy,
    say: (message) => terminal.error(`portcullis: ${message}`),
  });
  const arrival = describedRequest({ method, target, token, plan, values });
  const explanation = await gate.explain(arrival);
  gate.close();
  const sources = token === undefined ? [] : weighed(plan, token);
  if (values["json"] === true)
    terminal.out(
      JSON.stringify({
        ...explanationAsJson(explanation),
        ...(token !== undefined && { sources }),
      }),
    );
  else terminal.out(explanationLines(method, target, explanation) + weighedLines(sources));
  return isRefused(explanation) ? 1 : 0;
}

const weighed = ({ controls }: Plan, token: string): readonly WeighedToken[] =>
  weighToken(controls.authentication?.sources ?? [], token, nowSeconds());

const isRefused = ({ refusal }: Explanation): boolean => refusal !== undefined;
