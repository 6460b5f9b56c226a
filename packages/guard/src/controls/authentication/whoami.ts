import { refuse, type Refusal } from "../../facts/refusal.ts";
import type { AskBackend, AskingFacts, Told } from "../compile-context.ts";
import { type CallerOf, compileClaimPlace, subjectOf } from "./claims.ts";
import type { CredentialSource, Found } from "./find-credential.ts";
import { problems } from "./problems.ts";
import type { Said } from "./remembered-callers.ts";
import type { NobodyPlan, WhoamiSource } from "./source-plan.ts";

const mostBytes = 65_536;
/** A backend that takes longer holds up every first request of a caller. */
const timeoutMs = 5000;

const unknown = (detail: string): Refusal =>
  refuse(problems["caller-unknown"], { detail, retryAfterSeconds: 2 });
const nobody = (detail: string): Refusal => refuse(problems["session-invalid"], { detail });

/** Asks the backend's own GET who calls, with the credential and nothing else of the request. */
export function compileWhoami(
  { nobody: saysNobody, path, subject }: Pick<WhoamiSource, "nobody" | "path" | "subject">,
  callerOf: CallerOf,
  askBackend: AskBackend,
): (found: Found<unknown>, known: AskingFacts) => Promise<Said> {
  const isNobody = compileIsNobody(saysNobody);
  const readSubject = subject === "username" ? undefined : compileClaimPlace(subject);
  return async ({ at, credential }, known) => {
    const { source } = at;
    const target =
      "query" in source
        ? `${path}?${encodeURIComponent(source.query)}=${encodeURIComponent(credential)}`
        : path;
    const asking: AskingFacts = {
      address: known.address,
      arrival: known.arrival,
      // Nobody is said to call before it is known who does.
      caller: undefined,
      envelope: known.envelope,
      fields: known.fields,
      // Another field could choose another answer, which would then be remembered of this
      // credential.
      forwardFields: [...fieldOf(source, credential), "Cache-Control", "no-cache"],
      host: known.host,
      receivedAtMs: known.receivedAtMs,
      scheme: known.scheme,
      shedding: known.shedding,
      startedAt: known.startedAt,
      traceId: known.traceId,
      urgency: known.urgency,
    };
    const told = await inTime(askBackend(asking, target, mostBytes));
    const answer = judgeTold(told, isNobody);
    if ("problem" in answer) return answer;
    const named =
      readSubject === undefined ? userNameOf(credential) : subjectOf(readSubject(answer.value));
    return named === undefined
      ? nobody("the answer names nobody")
      : callerOf(answer.value, named, Infinity);
  };
}

/** The field in which a credential came, as it came. */
function fieldOf(source: CredentialSource, credential: string): string[] {
  if ("query" in source || "body" in source) return [];
  if ("cookie" in source) return ["Cookie", `${source.cookie}=${credential}`];
  const { header, scheme } = source;
  return [header, scheme === undefined ? credential : `${scheme} ${credential}`];
}

async function inTime(told: Promise<Told>): Promise<Told> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Told>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, { failed: `no answer within ${timeoutMs} ms` });
  });
  return Promise.race([told, late]).finally(() => clearTimeout(timer));
}

/** 401 and 403 say that nobody is signed in, and so does being sent elsewhere to sign in. */
function judgeTold(
  told: Told,
  isNobody: (status: number, body: Buffer) => boolean,
): Refusal | { readonly value: Readonly<Record<string, unknown>> } {
  if ("failed" in told) return unknown(`who calls could not be asked: ${told.failed}`);
  const { body, status } = told;
  if (status === 401 || status === 403 || isNobody(status, body))
    return nobody(`the backend answered ${status}`);
  if (status >= 300 && status < 400) return nobody(`the backend led elsewhere (${status})`);
  if (status !== 200) return unknown(`who calls was answered ${status}`);
  if (told.isShared === true)
    return unknown("the answer may be another's: caches may keep it for everybody");
  const value = objectOf(body);
  return value === undefined
    ? unknown("who calls was answered with what is no JSON object")
    : { value };
}

function objectOf(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Which answers the policy says to mean that nobody is signed in. */
function compileIsNobody(plan: NobodyPlan | undefined): (status: number, body: Buffer) => boolean {
  if (plan === undefined) return () => false;
  const { says, statuses } = plan;
  const read = says === undefined ? undefined : compileClaimPlace(says.pointer);
  return (status, body) => {
    if (!statuses.includes(status)) return false;
    if (read === undefined) return true;
    const value = objectOf(body);
    return value !== undefined && read(value) === says?.equals;
  };
}

/** RFC 7617: base64 of name, colon, password. */
function userNameOf(credential: string): string | undefined {
  const text = Buffer.from(credential, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 1 ? undefined : subjectOf(text.slice(0, colon));
}
