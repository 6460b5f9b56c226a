import { type Acting, type Caller, handOf } from "../facts/caller.ts";
import type { Decision } from "../facts/decision.ts";
import { isoTime } from "../facts/iso-time.ts";
import { nameOnly } from "../facts/name-only.ts";
import { type HashName, hashNamed, type NameKind } from "../facts/named.ts";
import type { DecisionRecord, PersonalField, PseudonymField } from "../facts/record.ts";
import type { Refusal } from "../facts/refusal.ts";
import type { Signal } from "../facts/signal.ts";
import type { Exchange } from "./exchange.ts";

/** What records hold of people. */
export interface RecordPlan {
  readonly fields: readonly PersonalField[];
  /** Those of them that stand there as they are, in place of a pseudonym. */
  readonly plain: readonly PseudonymField[];
}

/** Told whom a pseudonym stands for, of each request: to be kept where it can be looked up. */
export type OnSubject = (pseudonym: string, subject: string, atMs: number) => void;

/**
 * Builds the record from named facts only; the sink decides where it goes. The path's template
 * stands for the path, because a path holds ids.
 */
export function compileRecord(
  { fields, plain }: RecordPlan,
  hashName: HashName,
  onSubject: OnSubject | undefined,
  makeSignal?: (exchange: Exchange) => Signal,
): (exchange: Exchange) => DecisionRecord {
  const addressOf = namedAs("address", "address");
  const subjectOf = namedAs("subject", "person");
  const deviceOf = namedAs("device", "device");
  const withClient = fields.includes("client");
  const tellsSubject = onSubject !== undefined && !plain.includes("subject");

  /** What stands in the record for it: nothing, a pseudonym, or the thing itself. */
  function namedAs(
    field: PseudonymField,
    kind: NameKind,
  ): (value: string | undefined, atMs: number) => string | undefined {
    if (!fields.includes(field)) return () => undefined;
    if (plain.includes(field)) return (value) => value;
    return (value, atMs) => (value === undefined ? undefined : hashName(kind, value, atMs));
  }

  return (exchange) => {
    const { address, answeredAt, app, caller, course, decisions, status } = exchange;
    const { apiVersion, name, pathTemplate, unchecked } = course.operation;
    const { made, refusal } = decisions;
    const atMs = exchange.receivedAtMs;
    const subject = subjectOf(caller?.subject, atMs);
    if (tellsSubject && subject !== undefined) onSubject(subject, caller?.subject ?? "", atMs);
    return {
      time: isoTime(atMs),
      traceId: exchange.traceId,
      operation: name,
      method: exchange.arrival.method.slice(0, 20),
      path: pathTemplate,
      apiVersion,
      app: app?.id,
      appVersion: app?.version,
      status,
      signedIn: caller === undefined ? undefined : true,
      bound: isBound(caller) ? true : undefined,
      upstreamStatus: unlessZero(exchange.upstreamStatus),
      outcome: outcomeOf(status, refusal),
      code: refusal?.problem.code,
      decisions: decisionsOf(made, exchange.recordedDecisions, atMs, hashName),
      first: firstOf(made, exchange.recordedDecisions),
      stripped: exchange.stripped?.map(nameOnly),
      unwritten: refusal === undefined ? exchange.unwritten : undefined,
      unchecked,
      durationMs: round(performance.now() - exchange.startedAt),
      upstreamMs: answeredAt === 0 ? undefined : round(answeredAt - exchange.forwardedAt),
      answerBytes: exchange.answerBytes,
      webSocket: exchange.webSocket,
      address: addressOf(address, atMs),
      subject,
      client: withClient ? caller?.clientId : undefined,
      device: deviceOf(deviceIn(caller), atMs),
      acting: caller?.acting === undefined ? undefined : actingOf(caller, caller.acting),
      signal: makeSignal?.(exchange),
    };
  };
}

/** Of whoever holds it in the hand, in whoever's name. */
function deviceIn(caller: Caller | undefined): string | undefined {
  if (caller === undefined) return undefined;
  const { boundCertificate, boundKey, deviceId } = handOf(caller);
  return boundKey ?? boundCertificate ?? deviceId;
}

const isBound = (caller: Caller | undefined): boolean => {
  if (caller === undefined) return false;
  const { boundCertificate, boundKey } = handOf(caller);
  return (boundKey ?? boundCertificate) !== undefined;
};

/** Most requests have no decision, and most that have one are not among the first. */
function firstOf(made: readonly Decision[], told: number): readonly string[] | undefined {
  let keys: string[] | undefined;
  for (let index = told; index < made.length; index += 1) {
    const { isFirst, refusal } = made[index] as Decision;
    const { mode } = refusal.problem;
    if (isFirst && keys?.includes(mode) !== true) (keys ??= []).push(mode);
  }
  return keys;
}

const actingOf = ({ key }: Caller, { by, reason, session }: Acting): DecisionRecord["acting"] => ({
  actor: by.key,
  subject: key,
  reason,
  session,
});

function decisionsOf(
  made: readonly Decision[],
  told: number,
  atMs: number,
  hashName: HashName,
): DecisionRecord["decisions"] {
  if (made.length === told) return none;
  return (told === 0 ? made : made.slice(told)).map((one) => recorded(one, atMs, hashName));
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
  { effect, mode, refusal }: Decision,
  atMs: number,
  hashName: HashName,
): DecisionRecord["decisions"][number] {
  return {
    code: refusal.problem.code,
    mode,
    ...(effect === undefined ? {} : { effect }),
    detail: refusal.detail,
    ...(refusal.rule === undefined ? {} : { rule: refusal.rule }),
    ...(refusal.named === undefined ? {} : hashNamed(refusal.named(), atMs, hashName)),
    at: refusal.violations?.map(
      (violation) =>
        `${violation.in} ${nameOnly(violation.name ?? violation.pointer ?? "")} ${violation.keyword}`,
    ),
  };
}
