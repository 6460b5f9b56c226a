import { refuse, type Refusal } from "../../facts/refusal.ts";
import { type CallerOf, compileClaimPlace, firstOf, isTime, subjectOf } from "./claims.ts";
import { problems } from "./problems.ts";
import type { Said } from "./remembered-callers.ts";
import type { IntrospectSource } from "./source-plan.ts";

/** What the introspection endpoint has answered, or why it has not. */
export type Introspected =
  | { readonly answer: Readonly<Record<string, unknown>> }
  | { readonly failed: string };

/** Asks the introspection endpoint of a source about a token (RFC 7662). Never rejects. */
export type AskIntrospection = (token: string) => Promise<Introspected>;

const mismatch = (detail: string): Refusal =>
  refuse(problems["token-audience-mismatch"], { detail });

/** Judges what is said of an opaque token. That it is active does not say whom it was made for. */
export function compileIntrospection(
  source: IntrospectSource,
  callerOf: CallerOf,
  ask: AskIntrospection,
): (token: string, nowSeconds: number) => Promise<Said> {
  const readSubject = compileClaimPlace(source.subjectClaim);
  const clients = source.claims.client.map(compileClaimPlace);
  return async (token, nowSeconds) => {
    const told = await ask(token);
    if ("failed" in told)
      return refuse(problems["caller-unknown"], { detail: told.failed, retryAfterSeconds: 2 });
    const { answer } = told;
    if (answer["active"] !== true)
      return refuse(problems["session-invalid"], { detail: "the token is not active" });
    const { aud, exp, iss } = answer;
    if (source.issuer !== undefined && iss !== undefined && iss !== source.issuer)
      return refuse(problems["token-issuer-mismatch"]);
    const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
    if (source.audiences.length > 0 && !source.audiences.some((one) => named.includes(one)))
      return mismatch("it is active for another audience");
    const client = firstOf(clients, answer);
    if (source.clients.length > 0 && !source.clients.some((one) => one === client))
      return mismatch("it is active for another client");
    if (exp !== undefined && !isTime(exp))
      return refuse(problems["token-claims-invalid"], { detail: "exp is not a time" });
    if (exp !== undefined && nowSeconds >= exp) return refuse(problems["token-expired"]);
    const subject = subjectOf(readSubject(answer));
    return subject === undefined
      ? refuse(problems["token-claims-invalid"], { detail: "sub is not a name" })
      : callerOf(answer, subject, exp ?? Infinity);
  };
}
