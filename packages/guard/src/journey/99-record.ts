import type { DecisionRecord, PersonalField } from "../decision-record.ts";
import type { JourneyExchange } from "./step.ts";

/**
 * Step 99. Always runs, once. Builds the record from named facts only; the sink decides where lines go. The path's
 * template stands for the path, because a path holds ids.
 */
export function compileRecord(fields: readonly PersonalField[], sink: (record: DecisionRecord) => void): (exchange: JourneyExchange) => void {
  const withAddress = fields.includes("address");
  const withSubject = fields.includes("subject");
  const withClient = fields.includes("client");
  const round = (milliseconds: number): number => Math.round(milliseconds * 1000) / 1000;
  return (exchange) => {
    if (exchange.recorded) return;
    exchange.recorded = true;
    const { rules, refusal } = exchange;
    sink({
      time: new Date(exchange.receivedAtMs).toISOString(),
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
      decisions: exchange.decisions === undefined ? [] : exchange.decisions.map((decision) => ({
        code: decision.refusal.code,
        mode: decision.mode,
        detail: decision.refusal.detail,
        at: decision.refusal.violations?.map((violation) => `${violation.in} ${violation.name ?? violation.pointer ?? ""} ${violation.keyword}`),
      })),
      stripped: exchange.stripped,
      durationMs: round(performance.now() - exchange.startedAt),
      upstreamMs: exchange.answeredAt === 0 ? undefined : round(exchange.answeredAt - exchange.forwardedAt),
      answerBytes: exchange.answerBytes,
      ...(withAddress ? { address: exchange.address } : undefined),
      ...(withSubject && exchange.user !== undefined ? { subject: exchange.user } : undefined),
      ...(withClient && exchange.client !== undefined ? { client: exchange.client } : undefined),
    });
  };
}
