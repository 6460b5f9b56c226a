import type { Attributes } from "@opentelemetry/api";
import type { DecisionRecord } from "@portcullis/guard/records";

const known = (pairs: Readonly<Record<string, Attributes[string]>>): Attributes =>
  Object.fromEntries(Object.entries(pairs).filter(([, value]) => value !== undefined));

/**
 * What a record says, by the names of OpenTelemetry's conventions where they have one. Nothing is
 * here that the record does not hold: a person is a pseudonym, unless the policy says otherwise.
 */
export const attributesOf = (record: DecisionRecord): Attributes =>
  known({
    "http.request.method": record.method,
    "http.route": record.path,
    "http.response.status_code": record.status === 0 ? undefined : record.status,
    "http.response.body.size": record.answerBytes,
    "client.address": record.address,
    "enduser.pseudo.id": record.subject,
    "app.id": record.app,
    "app.version": record.appVersion,
    "portcullis.operation": record.operation,
    "portcullis.api_version": record.apiVersion,
    "portcullis.outcome": record.outcome,
    "portcullis.code": record.code,
    "portcullis.decisions": record.decisions?.map(({ code, mode }) => `${code}:${mode}`),
    "portcullis.signed_in": record.signedIn,
    "portcullis.client": record.client,
    "portcullis.device": record.device,
    "portcullis.duration_ms": record.durationMs,
    "portcullis.upstream.status_code": record.upstreamStatus,
    "portcullis.upstream.duration_ms": record.upstreamMs,
  });

/** What happened, in one line. */
export const summaryOf = ({ code, method, operation, path, status }: DecisionRecord): string =>
  `${method} ${path ?? operation} ${status}${code === undefined ? "" : ` ${code}`}`;

/** Seconds and nanoseconds since 1970. */
export function hrTimeOf(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1_000_000)];
}
