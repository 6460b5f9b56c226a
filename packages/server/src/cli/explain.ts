import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { IdSealer } from "@portcullis/guard/authorization/sealed-ids";
import { createDpopNonces } from "@portcullis/guard/credentials/dpop-nonce";
import { Exchange } from "@portcullis/guard/exchange";
import { compileArrive } from "@portcullis/guard/journey/10-arrive";
import { compileRoute } from "@portcullis/guard/journey/20-route";
import { compileClientAddress } from "@portcullis/guard/journey/client-address";
import { compileOperationJourneys } from "@portcullis/guard/journey/operation-journeys";
import { tellsOfExistence } from "@portcullis/guard/journey/hide-existence";
import { modeOf } from "@portcullis/guard/journey/stands";
import type { JourneyExchange, OperationJourney } from "@portcullis/guard/journey/step";
import type { Plan } from "@portcullis/guard/policy/plan";
import { type Refusal, rowOf } from "@portcullis/guard/refusal";
import { allocateSharedReplay, SharedReplayState } from "@portcullis/guard/state/shared-replay";
import { allocateSharedBuckets, SharedMemoryState } from "@portcullis/guard/state/shared-memory";
import type { Upstream } from "@portcullis/guard/upstream";
import { loadPolicy } from "../policy/load-policy.ts";
import type { Command } from "./arguments.ts";
import { list, policySources, text } from "./sources.ts";
import { faultLines, Misuse, tableLines, type Terminal } from "./terminal.ts";

interface ExplainedStep {
  readonly step: string;
  readonly outcome: string;
  readonly code?: string;
  readonly detail?: string;
  readonly at?: readonly string[];
}

const nowhere: Upstream = { forward: () => ({ resume: () => undefined, abort: () => undefined }) };

/** Runs the operation's own checks on a request that is never sent. Exit code 1 when it would be refused. */
export async function explain({ values, words }: Command, environment: Readonly<Record<string, string | undefined>>, terminal: Terminal): Promise<number> {
  const request = /^([A-Za-z]+) (\/\S*)$/.exec(words[0] ?? "");
  if (request === null) throw new Misuse("say which request, in quotes: portcullis explain 'GET /v1/accounts/42'");
  const { faults, plan } = await loadPolicy(policySources(values, environment, false));
  if (plan === undefined) throw new Misuse(`${faultLines(faults)}\nNothing can be explained from what is not understood.`);
  const exchange = exchangeOf((request[1] as string).toUpperCase(), request[2] as string, values, plan);
  const { operation, steps } = await run(plan, exchange);
  const refused = exchange.refusal;
  if (values["json"] === true) terminal.out(JSON.stringify({ operation, steps, refused: refused?.code ?? null, status: refused === undefined ? null : rowOf(refused).status }));
  else {
    terminal.out(`${request[1]} ${exchange.path === "" ? request[2] : exchange.path}  →  ${operation}\n`);
    terminal.out(tableLines([["STEP", "OUTCOME"], ...steps.flatMap((one) => [[one.step, [one.outcome, one.code, one.detail].filter((part) => part !== undefined).join(": ")], ...(one.at ?? []).map((place) => ["", `  at ${place}`])])]));
    terminal.out(refused === undefined ? "\nIt would be forwarded." : `\nIt would be answered ${rowOf(refused).status} ${refused.code}: ${rowOf(refused).title}.`);
  }
  return refused === undefined ? 0 : 1;
}

function exchangeOf(method: string, target: string, values: Command["values"], plan: Plan): JourneyExchange {
  const rawHeaders = ["Host", "localhost"];
  for (const header of list(values["header"])) {
    const colon = header.indexOf(":");
    if (colon < 1) throw new Misuse(`--header ${JSON.stringify(header)} is not a header field; expected 'Name: value'.`);
    rawHeaders.push(header.slice(0, colon).trim(), header.slice(colon + 1).trim());
  }
  const token = text(values["token"]);
  const credential = plan.identity?.credentials[0]?.source;
  if (token !== undefined && credential !== undefined) rawHeaders.push(..."cookie" in credential ? ["Cookie", `${credential.cookie}=${token}`] : [credential.header, credential.scheme === undefined ? token : `${credential.scheme} ${token}`]);
  const body = Buffer.from(text(values["body"]) ?? "");
  if (body.length > 0) {
    rawHeaders.push("Content-Length", String(body.length));
    if (!rawHeaders.some((name) => name.toLowerCase() === "content-type")) rawHeaders.push("Content-Type", "application/json");
  }
  return new Exchange({ method, target, rawHeaders, httpVersion: "1.1", peerAddress: "127.0.0.1", encrypted: true, endsWithHead: false, body: Readable.from(body.length === 0 ? [] : [body]) }, Date.now(), performance.now());
}

async function run(plan: Plan, exchange: JourneyExchange): Promise<{ operation: string; steps: ExplainedStep[] }> {
  const state = new SharedMemoryState(allocateSharedBuckets(1024, [1, 2]));
  const proofs = { nonces: createDpopNonces(randomBytes(32)), replay: new SharedReplayState(allocateSharedReplay(1024, [1, 2, 3, 4])) };
  const planned = compileOperationJourneys(plan, { proofs, upstreams: plan.apis.map(() => nowhere), state, localState: state, keys: () => ({ size: 1, checkSignature: () => undefined }), onUnknownKey: () => undefined, sealer: new IdSealer([randomBytes(32)]) });
  const steps: ExplainedStep[] = [];
  const malformed = compileArrive(compileClientAddress(plan.trustedProxies), { headerFields: 100, targetBytes: 8192 })(exchange);
  if (malformed !== undefined) {
    exchange.refusal = malformed;
    return { operation: "(not readable)", steps: [stepOf("arrive", malformed, "refuses")] };
  }
  steps.push({ step: "arrive", outcome: "one reading" });
  const route = compileRoute(planned.selectTable, planned.undeclared);
  const rules = route(exchange);
  for (const { mode, refusal } of exchange.decisions ?? []) steps.push(stepOf("route", refusal, mode === "enforce" ? "refuses" : "would refuse (observed)"));
  if (rules === undefined) return { operation: "(undeclared)", steps };
  if (exchange.decisions === undefined) steps.push({ step: "route", outcome: rules.operation?.pathTemplate ?? rules.name });
  await runChecks(rules, exchange, steps);
  return { operation: rules.name, steps };
}

async function runChecks(rules: OperationJourney, exchange: JourneyExchange, steps: ExplainedStep[]): Promise<void> {
  for (const [index, check] of rules.checks.entries()) {
    const step = rules.checkNames[index] ?? "check";
    if (exchange.refusal !== undefined) {
      steps.push({ step, outcome: "not reached" });
      continue;
    }
    const refusal = await check(exchange);
    if (refusal === undefined) {
      steps.push({ step, outcome: "passes" });
      continue;
    }
    const mode = modeOf(exchange, rules.modes, rowOf(refusal).control);
    if (mode === "enforce") exchange.refusal = refusal;
    const hidden = rules.hideStepMs !== undefined && tellsOfExistence(refusal) ? ", answered as if nothing were there" : "";
    steps.push(stepOf(step, refusal, mode === "enforce" ? `refuses${hidden}` : mode === "observe" ? "would refuse (observed)" : "off"));
  }
}

function stepOf(step: string, refusal: Refusal, outcome: string): ExplainedStep {
  return {
    step,
    outcome,
    code: refusal.code,
    ...(refusal.detail === undefined ? {} : { detail: refusal.detail }),
    ...(refusal.violations === undefined ? {} : { at: refusal.violations.map((violation) => `${violation.in} ${violation.name ?? violation.pointer ?? ""}: ${violation.message}`) }),
  };
}
