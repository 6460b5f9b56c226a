import type { Decision } from "../facts/decision.ts";
import { isoTime } from "../facts/iso-time.ts";
import { nameOnly } from "../facts/name-only.ts";
import { type HashName, hashNamed } from "../facts/named.ts";
import type { DecisionRecord, PersonalField } from "../facts/record.ts";
import type { Refusal } from "../facts/refusal.ts";
import type { Exchange } from "./exchange.ts";

/**
 * Builds the record from named facts only; the sink decides where it goes. The path's template
 * stands for the path, because a path holds ids.
 */
export function compileRecord(
  personal: readonly PersonalField[],
  hashName: HashName,
): (exchange: Exchange) => DecisionRecord {
  const withAddress = personal.includes("address");
  const withSubject = personal.includes("subject");
  const withClient = personal.includes("client");
  return (exchange) => {
    const { address, answeredAt, app, caller, course, decisions, status } = exchange;
    const { apiVersion, name, pathTemplate, unchecked } = course.operation;
    const { made, refusal } = decisions;
    return {
      time: isoTime(exchange.receivedAtMs),
      traceId: exchange.traceId,
      operation: name,
      method: exchange.arrival.method.slice(0, 20),
      path: pathTemplate,
      apiVersion,
      app: app?.id,
      appVersion: app?.version,
      status,
      signedIn: caller === undefined ? undefined : true,
      upstreamStatus: unlessZero(exchange.upstreamStatus),
      outcome: outcomeOf(status, refusal),
      code: refusal?.problem.code,
      decisions: decisionsOf(made, exchange.recordedDecisions, hashName),
      stripped: exchange.stripped?.map(nameOnly),
      unwritten: refusal === undefined ? exchange.unwritten : undefined,
      unchecked,
      durationMs: round(performance.now() - exchange.startedAt),
      upstreamMs: answeredAt === 0 ? undefined : round(answeredAt - exchange.forwardedAt),
      answerBytes: exchange.answerBytes,
      webSocket: exchange.webSocket,
      address: withAddress ? address : undefined,
      subject: withSubject ? caller?.subject : undefined,
      client: withClient ? caller?.clientId : undefined,
    };
  };
}

function decisionsOf(
  made: readonly Decision[],
  told: number,
  hashName: HashName,
): DecisionRecord["decisions"] {
  if (made.length === told) return none;
  return (told === 0 ? made : made.slice(told)).map((one) => recorded(one, hashName));
}

const unlessZero = (status: number): number | undefined => (status === 0 ? undefined : status);

/** An answer that broke off has failed, though its head said that all was well. */
function outcomeOf(status: number, refusal: Refusal | undefined): DecisionRecord["outcome"] {
  if (refusal === undefined) return "passed";
  return Math.max(status, refusal.problem.status) >= 500 ? "failed" : "refused";
}

const none: DecisionRecord["decisions"] = Object.freeze([]);
const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

function recorded(
  { mode, refusal }: Decision,
  hashName: HashName,
): DecisionRecord["decisions"][number] {
  return {
    code: refusal.problem.code,
    mode,
    detail: refusal.detail,
    ...(refusal.rule === undefined ? {} : { rule: refusal.rule }),
    ...(refusal.named === undefined ? {} : hashNamed(refusal.named(), hashName)),
    at: refusal.violations?.map(
      (violation) =>
        `${violation.in} ${nameOnly(violation.name ?? violation.pointer ?? "")} ${violation.keyword}`,
    ),
  };
}
