import type { DecisionRecord, PersonalField } from "../decision-record.ts";
import type { Decision } from "../exchange.ts";
import { nameOnly } from "./name-only.ts";
import type { JourneyExchange } from "./step.ts";

/**
 * Step 99. Always runs, once. Builds the record from named facts only; the sink decides where lines go. The path's
 * template stands for the path, because a path holds ids.
 */
export function compileRecord(fields: readonly PersonalField[], sink: (record: DecisionRecord) => void): (exchange: JourneyExchange) => void {
  const withAddress = fields.includes("address");
  const withSubject = fields.includes("subject");
  const withClient = fields.includes("client");
  return (exchange) => {
    if (exchange.recorded) return;
    exchange.recorded = true;
    const { decisions, rules, refusal } = exchange;
    sink({
      time: isoTime(exchange.receivedAtMs),
      traceId: exchange.traceId,
      operation: rules?.name ?? "(undeclared)",
      method: exchange.arrival.method.slice(0, 20),
      path: rules?.operation?.pathTemplate,
      apiVersion: rules?.apiVersion,
      app: exchange.appId,
      appVersion: exchange.appVersion,
      status: exchange.status,
      upstreamStatus: exchange.upstreamStatus === 0 ? undefined : exchange.upstreamStatus,
      outcome: refusal === undefined ? "passed" : exchange.status >= 500 ? "failed" : "refused",
      code: refusal?.code,
      decisions: decisions === undefined ? none : decisions.map(recorded),
      stripped: exchange.stripped?.map(nameOnly),
      durationMs: round(performance.now() - exchange.startedAt),
      upstreamMs: exchange.answeredAt === 0 ? undefined : round(exchange.answeredAt - exchange.forwardedAt),
      answerBytes: exchange.answerBytes,
      address: withAddress ? exchange.address : undefined,
      subject: withSubject ? exchange.user : undefined,
      client: withClient ? exchange.client : undefined,
    });
  };
}

const none: DecisionRecord["decisions"] = Object.freeze([]);
const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;

function recorded({ mode, refusal }: Decision): DecisionRecord["decisions"][number] {
  return { code: refusal.code, mode, detail: refusal.detail, at: refusal.violations?.map((violation) => `${violation.in} ${nameOnly(violation.name ?? violation.pointer ?? "")} ${violation.keyword}`) };
}

let lastMs = 0;
let lastIso = "";
/** Many requests share a millisecond, and its spelling. */
function isoTime(atMs: number): string {
  if (atMs !== lastMs) {
    lastMs = atMs;
    lastIso = new Date(atMs).toISOString();
  }
  return lastIso;
}
